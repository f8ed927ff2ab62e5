"""Progress: what changed over weeks and how sure that is, per domain and per question; goals, and the habit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import streamlit as st

from coach.app import charts, past, progress_charts, progress_tables, progress_view, words
from coach.app import progress_words as sentences
from coach.app.choices import save
from coach.app.frame import empty_state, heading, open_practice
from coach.app.parts import download
from coach.app.progress_view import Filters, Standing
from coach.app.resources import settings
from coach.app.tables import in_domain_order
from coach.progress import (
    FIGURES,
    Day,
    Figure,
    Outcome,
    Versions,
    goal_state,
    made_by,
    outdated,
    practice_days,
    streak,
    version_sets,
)

EVERY = "every"


def page() -> None:
    heading("Progress", "What really changed, and how sure that is.")
    known = past.rubrics()
    rows = past.rows()
    every = past.outcomes(rows, known)
    if not every:
        box = empty_state(
            ":material/trending_up:",
            "No scored attempts yet",
            "Answer one question and its figures appear here. Six answers to the same questions make a verdict.",
        )
        if box.button("Go to Practice", type="primary", icon=":material/mic:"):
            open_practice()
        return
    zone = datetime.now().astimezone().tzinfo
    today = datetime.now(zone).date()
    filters = filtered(every, every[0].made_at.astimezone(zone).date(), today)
    shown = progress_view.seen(every, filters, zone)
    taken = [row for row in rows if row["source"] != progress_view.SAMPLE and row["duration_s"]]
    days = practice_days(((row["made_at"], row["duration_s"]) for row in taken), zone)
    versions = measured_by(shown)
    if not shown or versions is None:
        st.info(
            "No scored attempt matches. Widen the filters, or show sample talks too.",
            icon=":material/filter_alt:",
        )
    else:
        older(progress_view.own(shown), versions, waiting={row["id"] for row in rows if row["queued_at"]})
        figures(shown, filters, versions)
    habit(days, filters, today)
    goals()
    if shown and versions is not None:
        tables(shown, versions)
    with st.expander("How it is computed", icon=":material/function:"):
        st.markdown(sentences.FORMULAS)


def filtered(every: Sequence[Outcome], first: date, today: date) -> Filters:
    only_samples = all(one.source == progress_view.SAMPLE for one in every)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        period = st.selectbox("Period", sentences.PERIODS, index=1, key="progress_period", width=150)
        domains = in_domain_order(one.domain for one in every)
        domain = st.selectbox(
            "Domain",
            [None, *domains],
            format_func=lambda name: "All domains" if name is None else words.domain_label(name),
            key="progress_domain",
        )
        titles = progress_view.titles(every, domain)
        question = st.selectbox(
            "Question",
            [EVERY, *titles],
            format_func=lambda name: "All questions" if name == EVERY else titles[name],
            key="progress_question",
        )
        samples = st.toggle("Sample talks too", value=only_samples, key="progress_samples")
    start, end = sentences.period_start(period, today, first), today
    if period == sentences.PERIODS[-1]:
        picked = st.date_input("From and to", (first, today), max_value=today, key="progress_dates")
        chosen = picked if isinstance(picked, tuple) else (picked,)
        start, end = (chosen[0], chosen[-1]) if chosen else (first, today)
    return Filters(start, end, domain, None if question == EVERY else question, samples)


def measured_by(shown: Sequence[Outcome]) -> Versions | None:
    """The versions whose figures are compared: those that measured last, unless the user picks others."""
    found = version_sets(shown)
    if len(found) < 2:
        return found[0] if found else None
    counts = {versions: sum(made_by(one) == versions for one in shown) for versions in found}
    return st.selectbox(
        "Measured by",
        found,
        format_func=lambda versions: sentences.versions_label(versions, counts[versions]),
        help="Figures are compared only where the same model and detectors made them.",
        key="progress_versions",
    )


def older(mine: Sequence[Outcome], versions: Versions, waiting: set[str]) -> None:
    """Offers to measure again what other versions measured."""
    left = outdated(mine, versions)
    if not left:
        return
    under_way = [one for one in left if one.id in waiting]
    with st.container(border=True, gap="small"):
        st.markdown(f":material/update: {sentences.outdated_sentence(left)}")
        if under_way:
            st.caption(
                f"{len(under_way)} of them are waiting to be measured. You can go on; reload to see how far it is."
            )
        if len(under_way) < len(left) and st.button("Measure again", icon=":material/refresh:"):
            past.measure_again([one.id for one in left if one.id not in waiting])
            st.rerun()


def figures(shown: Sequence[Outcome], filters: Filters, versions: Versions) -> None:
    """Of each figure: where it stands, the verdict, and the chart."""
    st.header("What changed", anchor=False)
    st.caption(
        "In brackets: the 95 % interval. In the charts the line is the level, and its band the interval."
    )
    targets = settings().goals
    by_question = filters.domain is not None or filters.question is not None
    for start in range(0, len(FIGURES), 2):
        pair = FIGURES[start : start + 2]
        for column, figure in zip(st.columns(2, gap="medium"), pair, strict=False):
            with column, st.container(key=f"figure_{figure.name}", gap="small"):
                stand = progress_view.standing(shown, figure, versions)
                card(figure, stand, targets)
                chart(figure, shown, versions, by_question, targets.get(figure.name))


def card(figure: Figure, stand: Standing, targets: Mapping[str, float]) -> None:
    said, icon, colour = sentences.WORDS[stand.verdict.word]
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.subheader(figure.title, anchor=False, width="content")
        st.badge(said, icon=icon, color=colour)  # type: ignore[arg-type]
    now = stand.now
    estimate = now.estimate if now else None
    st.markdown(sentences.level_sentence(figure, estimate, now.answers if now else 0))
    st.caption(sentences.change_sentence(stand.verdict))
    if figure.name in targets:
        target = targets[figure.name]
        st.caption(
            f"Goal: {sentences.goal_sentence(figure, target, goal_state(estimate, figure, target), estimate)}"
        )


def chart(
    figure: Figure, shown: Sequence[Outcome], versions: Versions, by_question: bool, goal: float | None
) -> None:
    drawn = progress_view.trend(shown, figure, versions, by_question)
    if not drawn.groups:
        st.caption("No answer here has this figure.")
        return
    groups = dict(list(drawn.groups.items())[: progress_charts.MOST_GROUPS])
    if len(groups) < len(drawn.groups):
        st.caption(f"The {len(groups)} questions with the most answers; choose one above to see another.")
    if drawn.hidden:
        st.caption(f"{drawn.hidden} answers are not drawn as points; the levels rest on all of them.")
    ranges = {one.pace for group in groups.values() for one in group}
    good = next(iter(ranges)) if figure.better == "range" and len(ranges) == 1 else None
    st.plotly_chart(
        progress_charts.trend_figure(figure, groups, drawn.levels, goal=goal, good=good),
        config=charts.CONFIG,
        alt=progress_charts.trend_alt(figure, groups, drawn.levels, goal),
        key=f"trend_{figure.name}",
    )


def habit(days: Mapping[date, Day], filters: Filters, today: date) -> None:
    st.header("Practice days", anchor=False)
    found = streak(days, today)
    inside = {day: one for day, one in days.items() if filters.start <= day <= filters.end}
    minutes = sum(one.minutes for one in inside.values())
    with st.container(horizontal=True, gap="small"):
        st.metric("Days in a row", found.days, border=True)
        st.metric("Days with practice", len(inside), border=True)
        st.metric("Answers", sum(one.answers for one in inside.values()), border=True)
        st.metric("Practised", words.duration(60 * minutes), border=True)
    st.caption(sentences.streak_sentence(found))
    st.plotly_chart(
        progress_charts.calendar_figure(days, filters.start, filters.end),
        config=charts.CONFIG,
        alt=progress_charts.calendar_alt(days, filters.start, filters.end),
        key="calendar",
    )
    download("Days as CSV", progress_tables.day_table(inside), "coach-days")


def goals() -> None:
    kept = settings().goals
    with st.expander("Goals", icon=":material/flag:", expanded=False), st.form("goals", border=False):
        st.markdown("A goal is a dashed line in its chart. Leave a field empty for no goal.")
        wanted: dict[str, float | None] = {}
        with st.container(horizontal=True, gap="small"):
            for figure in (one for one in FIGURES if one.better != "range"):
                way = "at most" if figure.better == "lower" else "at least"
                key = f"goal_{figure.name}"
                st.session_state.setdefault(
                    key, kept.get(figure.name)
                )  # a field with a default can't be emptied
                wanted[figure.name] = st.number_input(
                    f"{figure.title}, {way} ({figure.unit})",
                    min_value=0.0,
                    max_value=100.0,
                    value=None,
                    step=0.5 if figure.better == "lower" else 5.0,
                    key=key,
                )
        st.caption("The goal of the speaking rate is its good range; Settings has it.")
        if st.form_submit_button("Save the goals") and save(
            goals={name: value for name, value in wanted.items() if value is not None}
        ):
            st.rerun()


def tables(shown: Sequence[Outcome], versions: Versions) -> None:
    found = progress_view.standings(shown, versions)
    table = progress_tables.verdict_table(found)
    st.header("By domain and question", anchor=False)
    if table.empty:
        st.caption("Sample talks are in no verdict: record an answer of your own.")
    else:
        st.dataframe(
            table,
            hide_index=True,
            placeholder=words.ABSENT,
            alt="The verdict of each domain and question, per figure",
        )
        download("Verdicts as CSV", table, "coach-verdicts")
    zone = datetime.now().astimezone().tzinfo
    levels = progress_view.level_rows(shown, versions)
    every = progress_tables.outcome_table(shown, zone)
    st.header("All answers", anchor=False)
    st.dataframe(
        every,
        hide_index=True,
        placeholder=words.ABSENT,
        alt="Every scored answer, newest first",
        column_config={"When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm")},
    )
    with st.container(horizontal=True, gap="small"):
        download("Answers as CSV", every, "coach-answers")
        download("Levels as CSV", progress_tables.level_table(levels, zone), "coach-levels")


page()
