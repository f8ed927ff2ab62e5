"""Progress: attempts over time, per question and domain."""

from __future__ import annotations

import streamlit as st

from coach.app import charts, tables, words
from coach.app.frame import empty_state, heading, open_practice
from coach.app.resources import history


def page() -> None:
    heading("Progress", "How your answers change from attempt to attempt.")
    frame = history()
    scored = frame.dropna(subset=list(tables.TREND_METRICS), how="all")
    if scored.empty:
        box = empty_state(
            ":material/trending_up:",
            "No scored attempts yet",
            "Answer one question and its figures appear here; two make a trend.",
        )
        if box.button("Go to Practice", type="primary", icon=":material/mic:"):
            open_practice()
        return
    shown = filtered(scored)
    if shown.empty:
        st.info(
            "No scored attempt matches. Widen the filters, or show sample talks too.",
            icon=":material/filter_alt:",
        )
        return
    st.caption(tables.history_sentence(shown))
    drawn = [(metric, charts.trend_figure(shown, metric)) for metric in tables.TREND_METRICS]
    told = [(metric, figure) for metric, figure in drawn if figure is not None]
    for start in range(0, len(told), 2):
        for column, (metric, figure) in zip(
            st.columns(2, gap="medium"), told[start : start + 2], strict=False
        ):
            with column:
                st.header(tables.TREND_METRICS[metric][0], anchor=False)
                alt = charts.trend_alt(shown, metric)
                st.plotly_chart(figure, config=charts.CONFIG, alt=alt, key=f"trend_{metric}")
    table = tables.history_table(shown)
    st.header("All attempts", anchor=False)
    st.dataframe(
        table,
        hide_index=True,
        placeholder=words.ABSENT,
        alt="Every scored attempt, newest first",
        column_config={"When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm")},
    )
    st.download_button(
        "Download as CSV",
        table.to_csv(index=False),
        "coach-history.csv",
        "text/csv",
        icon=":material/download:",
    )


def filtered(frame: tables.Frame) -> tables.Frame:
    only_samples = bool((frame["source"] == "sample").all())
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        domains = tables.in_domain_order(frame["domain"])
        domain = st.selectbox(
            "Domain",
            [None, *domains],
            format_func=lambda d: "All domains" if d is None else words.domain_label(d),
        )
        titles = tables.question_titles(frame, domain)
        question = st.selectbox(
            "Question", [None, *titles], format_func=lambda q: "All questions" if q is None else titles[q]
        )
        samples = st.toggle("Sample talks too", value=only_samples)
    return tables.history_filtered(frame, domain=domain, question=question, samples=samples)


page()
