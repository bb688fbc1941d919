"""Ctrl-C, wherever it comes: weights, optimizer, epochs and history fit each other."""

import sys
from pathlib import Path

import pytest

import nn
from nn import MLP, Adam, EarlyStopping, Momentum, Neuron, Optimizer, cross_entropy, fit, load, save
from nn.interrupts import finished

EAGER = "callbacks interrupts learner module optim train"
COMPILED = "compiled interrupts train"
DATA = nn.spiral(7, seed=1)


class Press:
    """Ctrl-C when so many lines of these files have run, which it counts."""

    def __init__(self, names, when=0):
        self.when, self.lines = when, 0
        self.files = {str(Path(nn.__file__).with_name(f"{name}.py")) for name in names.split()}

    def __call__(self, frame, event, arg):
        if frame.f_code.co_filename not in self.files:
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self.when:
                raise KeyboardInterrupt
        return self

    def __enter__(self):
        self.before = sys.gettrace()
        sys.settrace(self)
        return self

    def __exit__(self, kind, *_):
        sys.settrace(self.before)
        self.raised = kind is KeyboardInterrupt
        return self.raised


class Course:
    """Two epochs of two steps, each on two batches, and who watches them."""

    def __init__(self, jit, press):
        self.model = MLP(2, [2, 3], "tanh", seed=1)
        groups = {"layers.0.neurons.0": None, "layers.0": Momentum(0.1), "": Adam(0.05)}
        self.optimizer = Optimizer(groups, self.model)
        self.history = None
        self.ends = {}
        with press:
            self.history = fit(
                self.model, DATA, cross_entropy, self.optimizer, 2, 2, accumulate=2, clip=1.0,
                validation=DATA[:3], callbacks=[self.note, EarlyStopping(9, restore=False)],
                seed=4, jit=jit,
            )  # fmt: skip

    def note(self, model, history):
        assert self.optimizer.epochs == history.epochs == len(history.validation_loss)
        assert self.optimizer.steps == 2 * history.epochs
        assert not model.training
        self.ends[self.optimizer.steps] = self.state()

    def state(self):
        """What has to fit the number of steps taken, to the last bit."""
        return repr(([p.data for p in self.model.parameters()], self.optimizer.states))


@pytest.mark.parametrize(("jit", "names", "runs"), [(False, EAGER, 90), (True, COMPILED, 20)])
def test_a_history_is_a_beginning_of_what_would_have_happened(jit, names, runs):
    whole = Course(jit, press := Press(names))
    full, known, ends = whole.history, whole.ends, {*whole.ends}
    assert full.stopped == ""
    stride = press.lines / runs
    seen = set()
    for when in (int(stride * (k + 0.37)) + 1 for k in range(runs)):
        course = Course(jit, press := Press(names, when))
        steps, epochs = course.optimizer.steps, course.optimizer.epochs
        # A state for each number of steps, the same however training was stopped there.
        assert known.setdefault(steps, course.state()) == course.state()
        assert course.model.training
        history = course.history
        if history is None:  # before the first step, or when all is done
            assert steps in (0, 4)
            continue
        seen.add(steps)
        assert history.stopped == ("Ctrl-C" if press.lines >= when else "")  # or it came too late
        assert history.loss == full.loss[: 2 * steps]
        assert history.epoch_loss == full.epoch_loss[:epochs]
        assert history.accuracy == full.accuracy[:epochs]
        assert len(history.epoch_loss) == len(history.accuracy) == epochs <= steps // 2
        measured = len(history.validation_loss)
        assert measured in (epochs, epochs - 1)
        assert history.validation_loss == full.validation_loss[:measured]
        assert history.validation_accuracy == full.validation_accuracy[:measured]
    assert {*known} == {0, 1, 2, 3, 4} == {*seen}
    assert ends == {2, 4}


def test_what_was_stopped_can_go_on():
    """The epoch that was stopped is gone through again, from its beginning."""
    model, presses = Neuron.of([0.5]), []
    optimizer = Optimizer(Adam(0.1), model)

    def loss(prediction, target):
        presses.append(1)
        if len(presses) == 12:
            raise KeyboardInterrupt
        return nn.mse(prediction, target)

    data = [(float(x), 2.0 * x) for x in range(5)]
    history = fit(model, data, loss, optimizer, 4, 2, seed=1)
    assert (history.epochs, history.iterations, optimizer.steps) == (2, 6, 6)
    again = fit(model, data, loss, optimizer, 2, 2, seed=1)
    whole = fit(Neuron.of([0.5]), data, nn.mse, Adam(0.1), 4, 2, seed=1)
    assert history.loss + again.loss == whole.loss


# Between opening a file and looking after it, nobody closes it but the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("start", [0, 1])
def test_a_file_is_the_old_one_or_the_new_one(tmp_path, start):
    path = tmp_path / "model.json"
    old, new = Neuron.of([1.0]), Neuron.of([2.0])
    save(old, path)
    with Press("content interrupts storage") as press:
        save(new, path)
    for when in range(1 + start, press.lines + 1, 2):
        save(old, path)
        with Press("content interrupts storage", when) as press:
            save(new, path)
        assert load(path).weights[0].data in (1.0, 2.0)
        assert press.raised
        model = Neuron.of([3.0])
        with Press("content interrupts storage", when) as press:
            load(path, model)
        assert model.weights[0].data in (1.0, 2.0, 3.0)
    save(new, path)
    assert [*tmp_path.iterdir()] == [path]


def test_what_is_interrupted_is_done_again():
    done = []

    def act():
        done.append(1)
        if len(done) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finished(act)
    assert len(done) == 2
