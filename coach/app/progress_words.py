"""The sentences of Progress: levels, changes, streaks, goals, and how it is all computed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from coach.app.words import ABSENT, domain_label, number
from coach.progress import LEVEL, Estimate, Figure, Outcome, Streak, Verdict, Versions

WORDS: Final = {
    "better": ("Better", ":material/check_circle:", "green"),
    "worse": ("Worse", ":material/error:", "red"),
    "no real change yet": ("No real change yet", ":material/remove:", "gray"),
    None: ("Too little to compare", ":material/hourglass_empty:", "gray"),
}
"""The word of a verdict -> (what the page says, icon, Streamlit colour)."""
_PERIODS: Final = {"4 weeks": 28, "3 months": 91, "A year": 365}
PERIODS: Final = (*_PERIODS, "Everything", "Dates …")
NO_DOMAIN: Final = "No domain"


def period_start(period: str, today: date, first: date) -> date:
    """The first day of a period that ends today; ``first`` for everything."""
    days = _PERIODS.get(period)
    return first if days is None else date.fromordinal(today.toordinal() - days + 1)


def domain_name(domain: str | None) -> str:
    """The name of a domain, or what stands for none (a free talk)."""
    return NO_DOMAIN if domain is None else domain_label(domain)


def value_text(figure: Figure, value: float | None) -> str:
    """A value with as many decimals as the figure deserves: rates one, the others none."""
    if value is None:
        return ABSENT
    decimals = 1 if figure.better == "lower" else 0
    text = f"{value:.{decimals}f}"
    return "0" if float(text) == 0 else text.replace("-", "−")


def signed(figure: Figure, value: float) -> str:
    """A change with its sign: "+12", "−1.3", "0"."""
    text = value_text(figure, value)
    return text if text == "0" or text.startswith("−") else f"+{text}"


def range_text(figure: Figure, estimate: Estimate, sign: bool = False) -> str:
    """The interval of an estimate: "1.9 to 3.4", "−2.0 to −0.4"."""
    show = signed if sign else value_text
    return f"{show(figure, estimate.low)} to {show(figure, estimate.high)}"


def level_sentence(figure: Figure, estimate: Estimate | None, answers: int) -> str:
    """Where a figure stands now: "3.1 per minute (2.2 to 4.3), over your latest 5 answers"."""
    if estimate is None:
        return "A level takes three comparable answers."
    return (
        f"{value_text(figure, estimate.value)} {figure.unit} ({range_text(figure, estimate)}), "
        f"over your latest {answers} answers."
    )


def change_sentence(found: Verdict) -> str:
    """A verdict's change with its interval and what was compared, or why there is none."""
    if found.change is None:
        return found.reason or ""
    if found.figure.better == "range" and found.change.low == found.change.high == 0:
        return f"Inside the good range in all {found.early + found.late} answers compared."
    unit = (
        "words per minute of distance from the good range"
        if found.figure.better == "range"
        else found.figure.unit
    )
    return (
        f"{signed(found.figure, found.change.value)} {unit} "
        f"({range_text(found.figure, found.change, sign=True)}), "
        f"{found.late} later answers against {found.early} earlier ones to the same questions."
    )


def streak_sentence(found: Streak) -> str:
    """The streak in a sentence."""
    if found.days == 0:
        return f"Longest so far: {_days(found.longest)}." if found.longest else "No practice yet."
    tail = "" if found.today else " Practise today to keep it."
    return f"Longest: {_days(found.longest)}.{tail}"


def _days(count: int) -> str:
    return f"{count} day" + ("" if count == 1 else "s")


def goal_sentence(figure: Figure, target: float, state: str, estimate: Estimate | None) -> str:
    """A goal, and whether it is reached as far as that can be told."""
    way = "at most" if figure.better == "lower" else "at least"
    stands = "" if estimate is None else f"; now {range_text(figure, estimate)}"
    return f"{figure.title}: {way} {number(target)} {figure.unit}: {state}{stands}."


def outdated_sentence(outdated: Sequence[Outcome]) -> str:
    """How many answers are left out of every verdict, and what measuring them again takes."""
    count = len(outdated)
    one = count == 1
    minutes = sum(found.duration_s for found in outdated) / 60
    return (
        f"{count} older answer{'' if one else 's'} ({number(round(minutes))} min) "
        f"{'was' if one else 'were'} measured by another version, so {'it is' if one else 'they are'} left out of "
        "levels and verdicts. Measure again to compare; earlier results stay."
    )


def versions_label(versions: Versions, count: int) -> str:
    """A set of versions as an option: model, detectors, scoring and how many answers it measured."""
    model, detectors, scorer = (name or ABSENT for name in versions)
    return f"{model[:24]} · detectors {detectors[:16]} · scoring {scorer[:16]} ({count})"


FORMULAS: Final = f"""\
**What is compared.** Only answers to the same question, measured by the same speech model and the same detectors, and
for coverage also judged by the same key points. Of each question the earlier half of your answers is held against the
later half (of an odd number the middle one counts as earlier); the change is the mean of the questions' own changes,
so a hard question that comes late is not taken for a loss. Sample talks never count.

**The verdict.** *Better* or *worse* needs three answers on each side and a {LEVEL:.0%} interval of the change that
does not hold 0. Otherwise there is *no real change yet*: that is not proof of no change. With five figures at once,
one in twenty verdicts may still be chance; trust the ones that stay.

**Filled pauses per minute.** With $y$ the expected true count, $t$ the minutes of talk and $v$ the variance of $y$:

$$
y = \\sum_i \\left(\\frac{{S_i}}{{R}} + m_0 t_i\\right)
$$

$$
v = y + \\sum_i V_i
$$

$S_i$ is the sum of the confidences of what was found in answer $i$, $R$ the detector's recall, $m_0$ what it misses a
minute and $V_i$ the detector's variance. The interval of $y / t$ is the
gamma interval of Fay and Feuer (1997); with a perfect detector it is the exact Poisson interval of Garwood (1936):

$$
\\mathrm{{low}} = \\frac{{v}}{{2yt}}\\,\\chi^2_{{\\alpha/2}}\\!\\left(\\tfrac{{2y^2}}{{v}}\\right)
$$

$$
\\mathrm{{high}} = \\frac{{v + s^2}}{{2(y + s)t}}\\,
\\chi^2_{{1-\\alpha/2}}\\!\\left(\\tfrac{{2(y+s)^2}}{{v + s^2}}\\right)
$$

Here $s = 1/R$, and $\\chi^2_p(k)$ is the $p$ quantile of the chi-square distribution with $k$ degrees of freedom.

Where your answers scatter more than that, $v$ is multiplied by $\\phi\\,(t_{{df}}/z)^2$, with $\\phi$ the Pearson
chi-square of the answers over its degrees of freedom (the factor is never below 1). The two sides are standardised
over the questions with weights $t_1 t_2/(t_1 + t_2)$ (Greenland and Robins 1985), and the interval of their difference
is recovered from theirs (MOVER, Zou and Donner 2008).

**Speaking rate, coverage, clarity, fluency.** The level is the mean. The change is the least-squares $\\delta$ of
$x_i = \\mathrm{{question}}_i + \\delta \\cdot \\mathrm{{late}}_i + e_i$. Intervals come from 1,000 bootstrap draws of the
residuals, stretched by $\\sqrt{{n/df}} \\cdot t_{{df}}/z$, because a plain bootstrap is too narrow for few answers
(Hesterberg 2015); over 100 answers the normal limit of the draws is taken. The speaking rate is judged by its distance
from the good range: inside it no speed is better.

**Level.** The running mean over five answers (a twentieth of many), from the third answer on, of whatever the filters
show. Hard questions lower it; only the verdict compares like with like.

**How often it is wrong.** In histories drawn by chance in which nothing changes, at most about 4 in 100 verdicts say
*better*, and about as many *worse*.
"""
