"""Plan: today's questions with the reason for each, the week's split over the domains, and the queue."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from coach.app import past, plan_words, words
from coach.app.choices import save
from coach.app.frame import PAGES, empty_state, heading, open_practice, plain
from coach.app.parts import download
from coach.app.planning import Today, plan_today
from coach.app.resources import settings
from coach.plan import Choice


def page() -> None:
    heading("Plan", "What to practise next, and why.")
    known = past.rubrics()
    if not known:
        empty_state(":material/quiz:", "No questions found", "Add one of your own on the page Questions.")
        return
    now = datetime.now().astimezone()
    chosen = settings()
    found = plan_today(past.asks(known), past.answers(past.rows(), known), chosen, now)
    today(found)
    week(found)
    ratings(found)
    queue(found, now)
    with st.expander("How it is computed", icon=":material/function:"):
        st.markdown(plan_words.HOW)


def today(found: Today) -> None:
    st.header(plan_words.today_sentence(found.choices), anchor=False)
    if not found.choices:
        st.info(plan_words.nothing_today(found.week, bool(found.waiting)), icon=":material/check_circle:")
    for choice in found.choices:
        card(choice, found)


def card(choice: Choice, found: Today) -> None:
    ask = choice.due.ask
    done = ask.id in found.answered
    with st.container(border=True, gap="small", key=f"today_{ask.id}"):
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.subheader(plain(ask.title), anchor=False, width="content")
            st.badge(words.domain_label(ask.domain), color="blue")
            st.badge(words.duration(ask.seconds), icon=":material/timer:", color="gray")
            if done:
                st.badge("Done today", icon=":material/check:", color="green")
        st.markdown(plain(plan_words.reason(choice, found.day)))
        if st.button(
            "Practise again" if done else "Practise",
            key=f"go_{ask.id}",
            type="secondary" if done else "primary",
            icon=":material/mic:",
        ):
            open_practice(ask.id)


def week(found: Today) -> None:
    st.header("This week", anchor=False)
    done = sum(found.done.values())
    used = (found.week.total + done) / found.week.minutes
    st.progress(min(1.0, used), plan_words.week_sentence(found.week, done))
    st.caption(plan_words.interview_sentence(settings().interview_date, found.day))
    table = plan_words.split_table(found.split, found.week, found.done)
    st.dataframe(
        table, hide_index=True, placeholder=words.ABSENT, alt="Share of the time and strength of each domain"
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        download("Week as CSV", table, "coach-week")
        st.page_link(
            PAGES / "settings.py",
            label="Weekly minutes, interview date and domains",
            icon=":material/settings:",
        )


def ratings(found: Today) -> None:
    with st.expander("How sure do you feel in each domain?", icon=":material/star:"):
        st.markdown("Your own view counts as much as two answers. Leave out what you can't tell.")
        kept = settings().domain_ratings
        said = {str(name): rating for name, rating in kept.items()}
        for share in sorted(found.split, key=lambda one: words.domain_label(one.strength.domain)):
            name = share.strength.domain
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.markdown(words.domain_label(name), width=160)
                stars = st.feedback(
                    "stars", key=f"sure_{name}", default=said[name] - 1 if name in said else None
                )
            if (
                stars is not None
                and stars + 1 != said.get(name)
                and save(domain_ratings={**said, name: stars + 1})
            ):
                st.rerun()
        if said and st.button("Forget my ratings") and save(domain_ratings={}):
            for name in said:
                st.session_state.pop(f"sure_{name}", None)
            st.rerun()


def queue(found: Today, now: datetime) -> None:
    st.header("Queue", anchor=False)
    table = plan_words.queue_table(found.waiting, found.day, now.tzinfo)
    due = int((table["State"] == "due").sum())
    st.caption(
        f"{due} due, {int((table['State'] == 'new').sum())} new, {int((table['State'] == 'later').sum())} for later."
    )
    st.dataframe(
        table,
        hide_index=True,
        placeholder=words.ABSENT,
        alt="Every question in the order it should come",
        column_config={
            "Due": st.column_config.DateColumn(format="D MMM YYYY"),
            "Last answered": st.column_config.DateColumn(format="D MMM YYYY"),
        },
    )
    download("Queue as CSV", table, "coach-queue")


page()
