"""Settings: the model, the microphone, the pace one aims at, where the data lives, and deleting it."""

from __future__ import annotations

import streamlit as st

from coach.app import tables
from coach.app.choices import save
from coach.app.frame import heading, plain
from coach.app.resources import home, settings, store
from coach.app.words import domain_label
from coach.assessment import Band
from coach.errors import CoachError
from coach.rubric import DOMAINS
from coach.settings import FILE_NAME, Settings, model_store
from coach.transcription import weights

SHIPPED = {"base": "base (default): best of the two", "tiny.en": "tiny.en: faster, English only, hears less"}
OTHER = "other"
COMPUTE = ["auto", "int8", "int8_float16", "float16", "float32"]


def page() -> None:
    heading("Settings", "How Coach listens, what it aims at, and where your data is.")
    chosen = settings()
    model(chosen)
    microphone(chosen)
    pace(chosen)
    plan(chosen)
    data()
    about()


def model(chosen: Settings) -> None:
    st.header("Speech model", anchor=False)
    options = [*SHIPPED, OTHER]
    picked = st.selectbox(
        "Model",
        options,
        index=options.index(chosen.model if chosen.model in SHIPPED else OTHER),
        format_func=lambda name: SHIPPED.get(name, "another Whisper model: by name or folder"),
        help="Figures are comparable only between attempts heard by the same model.",
    )
    name = picked
    if picked == OTHER:
        name = st.text_input(
            "Name or folder",
            value="" if chosen.model in SHIPPED else chosen.model,
            placeholder="small.en, owner/name of the hub, or a folder on this computer",
        ).strip()
        if name:
            availability(name)
    with st.container(horizontal=True, gap="small"):
        devices = ["auto", "cpu", "cuda"]
        device = st.selectbox(
            "Device",
            devices,
            index=devices.index(chosen.device),
            format_func={
                "auto": "automatic",
                "cpu": "processor (CPU)",
                "cuda": "graphics card (CUDA)",
            }.__getitem__,
        )
        kinds = COMPUTE if chosen.compute_type in COMPUTE else [*COMPUTE, chosen.compute_type]
        compute_type = st.selectbox(
            "Arithmetic",
            kinds,
            index=kinds.index(chosen.compute_type),
            format_func=lambda kind: "automatic" if kind == "auto" else kind,
            help="Automatic is int8 on a processor and float16 on a graphics card.",
        )
    changed = (name, device, compute_type) != (chosen.model, chosen.device, chosen.compute_type)
    if st.button("Save", key="save_model", type="primary", disabled=not (name and changed)):
        save(model=name, device=device, compute_type=compute_type)
        st.rerun()


def availability(name: str) -> None:
    """Says whether the model is on this computer; a download happens only when its button is pressed."""
    if weights.is_here(name, model_store(home())):
        st.caption(":material/check_circle: It is on this computer.")
        return
    st.info(
        "This model is not on this computer. It can be fetched from the model hub.", icon=":material/cloud:"
    )
    if not st.button("Download it now", icon=":material/download:"):
        return
    bar = st.progress(0.0, "Starting …")

    def show(stage: str, fraction: float) -> None:
        bar.progress(min(1.0, fraction), plain(f"{stage} · {fraction:.0%}"))

    try:
        weights.download(name, model_store(home()), show)
    except CoachError as error:
        bar.empty()
        st.error(plain(str(error)), icon=":material/cloud_off:")
    else:
        st.rerun()


def microphone(chosen: Settings) -> None:
    st.header("Microphone", anchor=False)
    local_microphone(chosen)
    if chosen.microphone_checked and st.button("Check the microphone again before the next recording"):
        save(microphone_checked=False)
        st.rerun()


def local_microphone(chosen: Settings) -> None:
    from coach.microphone import list_microphones, portaudio_problem

    if problem := portaudio_problem():
        st.info(plain(problem), icon=":material/mic_off:")
        return
    try:
        names = list(dict.fromkeys(found.name for found in list_microphones()))
    except CoachError as error:
        st.error(plain(str(error)), icon=":material/mic_off:")
        return
    if chosen.microphone and chosen.microphone not in names:
        names.append(chosen.microphone)
    options: list[str | None] = [None, *names]
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        picked = st.selectbox(
            "Local microphone",
            options,
            index=options.index(chosen.microphone),
            format_func=lambda name: name or "The system's default",
        )
        if st.button("Save", key="save_microphone", disabled=picked == chosen.microphone):
            save(microphone=picked)
            st.rerun()
    if not names:
        st.caption("No microphone is plugged in at the moment.")


def pace(chosen: Settings) -> None:
    st.header("Your pace", anchor=False)
    st.markdown(
        "The evidence for one best speed is thin. Widen or move the range if you speak slowly or fast "
        "by nature; a question may have a range of its own, which comes first."
    )
    band = chosen.bands.get("speaking_rate") or tables.DEFAULT_PACE
    good = st.slider("Good, in words per minute", 60, 260, tables.whole_range(band.good), step=5)
    watch = st.slider("Still fine, worth a look", 60, 260, tables.whole_range(band.watch), step=5)
    fits = watch[0] <= good[0] and good[1] <= watch[1]
    if not fits:
        st.caption("The second range has to hold the first.")
    changed = (good, watch) != (tables.whole_range(band.good), tables.whole_range(band.watch))
    with st.container(horizontal=True, gap="small"):
        if st.button("Save", key="save_pace", disabled=not (fits and changed)):
            own = Band(good=good, watch=watch, source="set by you")
            save(bands={**chosen.bands, "speaking_rate": own})
            st.rerun()
        if "speaking_rate" in chosen.bands and st.button("Back to the default"):
            save(bands={name: kept for name, kept in chosen.bands.items() if name != "speaking_rate"})
            st.rerun()


def plan(chosen: Settings) -> None:
    st.header("Your plan", anchor=False)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        minutes = st.number_input("Minutes a week", 5, 3000, chosen.weekly_minutes, step=10)
        st.session_state.setdefault(
            "interview", chosen.interview_date
        )  # a field with a default can't be emptied
        interview = st.date_input("Date of your next interview", None, format="YYYY-MM-DD", key="interview")
    domains = st.multiselect(
        "Domains you prepare for",
        list(DOMAINS),
        default=list(chosen.domains),
        format_func=domain_label,
        placeholder="All domains",
    )
    changed = (minutes, interview, tuple(domains)) != (
        chosen.weekly_minutes,
        chosen.interview_date,
        chosen.domains,
    )
    if st.button("Save", key="save_plan", disabled=not changed):
        save(weekly_minutes=minutes, interview_date=interview, domains=tuple(domains))
        st.rerun()


def data() -> None:
    st.header("Your data", anchor=False)
    attempts = store().attempts()
    count = "1 attempt" if len(attempts) == 1 else f"{len(attempts)} attempts"
    st.markdown(
        f"Everything stays on this computer: {count} in this folder, and your settings in `{FILE_NAME}`."
    )
    st.code(str(home()), language=None, wrap_lines=True)
    if attempts:
        with st.expander("Delete every attempt", icon=":material/delete_forever:"):
            deletion(count)


def deletion(count: str) -> None:
    st.markdown(f"All recordings and reviews ({count}) will be gone. Your questions and settings stay.")
    sure = st.text_input("Type **delete** to go on")
    if st.button("Delete everything", type="primary", disabled=sure.strip().casefold() != "delete"):
        store().delete_all()
        st.session_state.pop("practice_session", None)
        st.rerun()


def about() -> None:
    st.header("Versions", anchor=False)
    st.dataframe(
        tables.software_table(), hide_index=True, alt="The versions of Coach and of what it is built on"
    )


page()
