import pytest
from spoken import words_at

from coach.disfluencies import Hearing, find_disfluencies
from coach.disfluencies.tokens import bare
from coach.transcript import Span, Word


def _restarts(text: str, silences: tuple[Span, ...] = (), words: list[Word] | None = None) -> list[str]:
    words = words or words_at(text if text.endswith(".") else f"{text}.")
    return [
        " ".join(bare(word) for word in one.text.split())
        for one in find_disfluencies(Hearing(words, silences))
        if one.kind == "restart"
    ]


@pytest.mark.parametrize(
    ("text", "abandoned"),
    [
        ("it is the gra- gradient", "gra"),
        ("follow the gra- the gradient", "the gra"),
        ("follow the gra-, um, the gradient", "the gra"),
        ("and then the regu- and then the other", "and then the regu"),
        ("now we had it for ov- he is there", "now we had it for ov"),
        ("keep the wight, waits from growing", "wight"),  # "weig- weights"
    ],
)
def test_words_cut_off(text, abandoned):
    assert _restarts(text) == [abandoned]


@pytest.mark.parametrize(
    ("text", "abandoned"),
    [
        ("the model is, the model was good", "the model is"),
        ("so if you, um, so a small weight", "so if you"),
        ("it learned that the accuracy can. The accuracy looks fine", "the accuracy can"),
        ("we train when it can. When the labels stay the same", "when it can"),
        ("split it before the split, you for split, you get leakage", "split you for"),
        ("we repeat these two steps can't, two steps until it ends", "two steps can't"),
        ("we make the for make the sum small", "make the for"),
        ("the scale and shift wheel, and shift of a layer", "and shift wheel"),  # "will"
        ("noise from the batches, the batch helps", "the batches"),  # "the batch is"
        ("it's that's the idea", "it's"),
        ("I we train it", "i"),
        ("we know, it, it's a bound", "it"),
        ("it has a an effect", "a"),
    ],
)
def test_phrases_taken_up_again(text, abandoned):
    assert _restarts(text) == [abandoned]


@pytest.mark.parametrize(
    ("text", "abandoned"),
    [
        ("It works. If we take the, uh, you compute the sum", "if we take the"),
        ("It works. There is one of the, with strong noise it fails", "there is one of the"),
        ("It works. You would have to, the weak point is speed", "you would have to"),
        ("It works. That comes from a. Gradients vanish", "that comes from a"),
        ("It works. If we take the, the number is small", "if we take the"),
        ("It works. And we just, there's no way", "we just"),
        ("It works. We were, we're very active", "we were"),
    ],
)
def test_openings_that_lead_nowhere(text, abandoned):
    assert _restarts(text) == [abandoned]


@pytest.mark.parametrize(
    ("text", "taken_back"),
    [
        ("We look at the gradient of the momentum. Sorry, no, loss and then step.", ["momentum"]),
        ("It minimizes the variance, scratch that, bias of the model.", ["variance"]),
        ("the bias, sorry, the variance goes up.", ["the bias"]),
        ("of the train, I mean, of the test error.", ["of the train"]),
        ("Well, the cross-entry bit, sorry, threshold moves.", ["cross-entry bit"]),
        ("We fix the bias, no, variance of it.", ["bias"]),
        ("I'm sorry, the answer is two.", []),
        ("I was so sorry about it and we went on.", []),
        ("Is it convex? No, networks are not.", []),
        ("It overfits, no, it does not.", []),
    ],
)
def test_an_editing_term_takes_the_word_before_it_back(text, taken_back):
    assert _restarts(text) == taken_back


@pytest.mark.parametrize(
    "text",
    [
        "pre- and post-training",
        "short- to long-term memory",
        "the bias and the variance",
        "if I think I know it",
        "the more data the more layers",
        "the more money you make, the more money you have",
        "we do what we can",
        "it depends on the loss on the validation set",
        "the bias is high, the bias is low",
        "the loss of the first, the loss of the second",
        "from the left, from the right",
        "the output is the output of the layer",
        "an a priori bound and the a posteriori estimate",
        "the model learns. The model stops.",
        "then an A B test",
        "then an a b test",
        "well-known co-training k-NN",
        "we look it up. If it's there we stop",
        "I said that's it, we stop",
        "it is quite fast, faster than before",
        "we use docker, docker-compose and git",
        "find the, uh, the answer",
        "it ends the, um, the loss",
        "we add the, um, small penalty",
        "we squared those, and those add up",
    ],
)
def test_ordinary_parallels_are_no_restarts(text):
    assert _restarts(text) == []


def test_a_silence_interrupts_as_a_comma_does():
    words = words_at("It works. If we take the you compute the sum.", step=1.0, length=0.5)
    at = [word.text for word in words].index("the")
    silence = Span(start=words[at].end + 0.05, end=words[at].end + 0.45)
    assert _restarts("", (), words) == []
    assert _restarts("", (silence,), words) == ["if we take the"]


def test_a_word_the_transcription_is_unsure_of_may_be_a_fragment():
    words = words_at("We follow the gra gradient down.")
    assert _restarts("", (), words) == []
    words[3] = words[3].model_copy(update={"confidence": 0.2})
    assert _restarts("", (), words) == ["gra"]
