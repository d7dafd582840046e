"""The explainer that users construct: ``CEM(model, ...).explain(X)``."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from ...engine.budget import Deadline
from ...engine.errors import BadInputError, MissingBackendError, shown
from ..arguments import truth, whole, word
from .inputs import (
    F64,
    Rows,
    check_within,
    per_feature,
    read_columns,
    read_range,
    read_rows,
    read_shape,
    read_target,
)
from .scales import fitted_scale, read_scale, scale_word
from .settings import GRADIENTS, LOSSES, MODES, OUTPUTS, read_settings

if TYPE_CHECKING:
    from .model.machine import Machine
    from .results.both import Pairs
    from .results.contrasts import Contrasts

_ROWS, _ROWS_ON_GPU = 1024, 16_384  # under way at the same time
_CELLS = 16_000_000  # numbers in the states of the rows under way
_RATES: dict[str, float] = {"exact": 0.05, "paper": 0.01}  # the published threshold wants the published rate
_NO_INFO = ("median", "mean")


class CEM:
    """Contrastive Explanation Method: what must be absent (PN), and what suffices (PP), for a model's decision.

    A pertinent negative is the cheapest change away from *no information* that makes the model choose another class; a
    pertinent positive is the cheapest part of the instance for which the model still chooses the same class (Dhurandhar
    et al., *Explanations based on the Missing*, NeurIPS 2018, equations 1 to 4). ``docs/cem.md`` explains everything.

    Parameters
    ----------
    model : Module, estimator, callable, or path
        A PyTorch module in evaluation mode; a scikit-learn classifier or pipeline; a function from an array of rows
        (n, ...) to scores (n, K), (n, 1) or (n,); an ONNX file, model or session.
    mode : {"PN", "PP", "both"}, optional
        What `explain` looks for when it is not told; default ``"PN"``.
    shape : tuple of int, optional
        The shape of a batch of instances; its first entry does not matter. A single instance of that shape may then be
        given without its axis of rows.
    output : {"auto", "logits", "proba"}
        What the model returns. ``"auto"``: probabilities for functions and estimators; modules and ONNX files are
        looked at. One column stands for two classes.
    no_info : float or array, optional
        The value of each feature that tells nothing, such as the background of an image. `fit` reads it from data.
    feature_range : pair of float or array, optional
        Least and largest value of each feature. Default: no bounds.
    kappa : float
        The margin that counts as another (PN) or the same (PP) class, in the space of the loss.
    beta : float
        Weight of the L1 norm beside the squared L2 norm.
    gamma : float
        Weight of the squared reconstruction error of the auto-encoder.
    autoencoder : Module or callable, optional
        Reconstructs instances; needed with `gamma` above zero.
    loss : {"auto", "logit", "proba"}
        What the margin is taken on. ``"auto"``: what the model returns. From probabilities, logits are taken as
        logarithms.
    prox : {"exact", "paper"}
        ``"exact"``: the proximal step, threshold rate times beta. ``"paper"``: the published step, threshold beta;
        sparser, and costlier in the objective.
    pp_space : {"data", "delta"}
        Where a positive lives. ``"data"``: between no information and the instance. ``"delta"``: the published form, in
        which the model is shown the difference alone.
    c_init, c_steps : float, int
        First weight of the loss, and rounds of the search for the best one.
    max_iterations : int
        Iterations of each round.
    learning_rate : float, optional
        Rate at the start of a round; it falls with the square root of what is left. Default: 0.05, and the published
        0.01 for ``prox="paper"``.
    clip : pair of float
        Least and largest slope of a feature.
    groups : sequence of sequences of int or str, optional
        One-hot columns that belong together: each group changes as a whole.
    immutable : sequence of int or str, or mask, optional
        Features that keep the instance's value.
    grad : {"auto", "numeric"}
        ``"numeric"`` uses differences also where the model is a module.
    eps : float, array, or pair of them
        Half of the differences: for the scores, for the features.
    update_num_grad : int, optional
        The most points in one prediction call for differences; default 4096.
    patience : int, optional
        Iterations without a better state, or without coming nearer to a first one, after which a round ends; None:
        never.
    device, dtype : optional
        Where and in which type a module is searched. Default: its own. ``"bfloat16"`` and ``"float16"``: slopes in
        mixed precision, everything else in float32.
    seed : int
        Of the probes that guard the bits; the search itself draws nothing by chance.
    refine : bool
        Whether states are refined after the search. Without, the result is that of the published search.
    compile : bool
        Whether a module is compiled by ``torch.compile`` first; pays for long runs of large models on a GPU.
    scale : {"std", "mad"} or array, optional
        The unit of each feature: distances are taken of changes divided by it, so that a year and a euro can be
        compared. ``"std"`` (standard deviation) and ``"mad"`` (median absolute deviation, times 1.4826): `fit` reads
        them from data. Default: features as they are.
    reproducible : bool
        Whether a row gets the same bits whatever stands beside it. False: rows are not filled up to blocks; a single
        image is then explained several times faster, and two calls may differ within rounding.
    feature_names : sequence of str, optional
        Default: those of a data frame, or of the estimator.
    learning_rate_init, ae_model, no_info_val
        Published names of `learning_rate`, `autoencoder` and `no_info`.

    Raises
    ------
    BadInputError
        If a parameter cannot be used.
    MissingBackendError
        If PyTorch is not installed.
    """

    _scale: F64 | None = None  # read from data

    def __init__(
        self,
        model: Any,
        mode: str = "PN",
        shape: Sequence[int] | None = None,
        *,
        output: str = "auto",
        no_info: Any = None,
        feature_range: Any = None,
        kappa: float = 0.0,
        beta: float = 0.1,
        gamma: float = 0.0,
        autoencoder: Any = None,
        loss: str = "auto",
        prox: str = "exact",
        pp_space: str = "data",
        c_init: float = 1.0,
        c_steps: int = 10,
        max_iterations: int = 100,
        learning_rate: float | None = None,
        clip: Any = (-1000.0, 1000.0),
        groups: Sequence[Sequence[int | str]] | None = None,
        immutable: Any = None,
        grad: str = "auto",
        eps: Any = 1e-3,
        update_num_grad: int | None = None,
        patience: int | None = 20,
        device: Any = None,
        dtype: Any = None,
        seed: int = 0,
        refine: bool = True,
        compile: bool = False,
        scale: Any = None,
        reproducible: bool = True,
        feature_names: Sequence[str] | None = None,
        learning_rate_init: float | None = None,
        ae_model: Any = None,
        no_info_val: Any = None,
    ) -> None:
        if find_spec("torch") is None:
            raise MissingBackendError('CEM needs PyTorch: pip install "suffice[neural]"')
        self.model, self.mode = model, word("mode", mode, MODES)
        rate = _one_of("learning_rate", learning_rate, "learning_rate_init", learning_rate_init)
        self.autoencoder = _one_of("autoencoder", autoencoder, "ae_model", ae_model)
        self.no_info = _one_of("no_info", no_info, "no_info_val", no_info_val)
        self.feature_range, self.scale = feature_range, scale_word(scale)
        self._settings = read_settings(
            kappa=kappa, beta=beta, gamma=gamma, c_init=c_init, c_steps=c_steps, max_iterations=max_iterations,
            learning_rate=_RATES.get(str(prox), 0.05) if rate is None else rate, clip=clip, prox=prox,
            pp_space=pp_space, patience=patience, refine=refine, autoencoder=self.autoencoder,
        )  # fmt: skip
        self._output, self._loss = word("output", output, OUTPUTS), word("loss", loss, LOSSES)
        self._grad, self._eps = word("grad", grad, GRADIENTS), eps
        self._points = None if update_num_grad is None else whole("update_num_grad", update_num_grad)
        self._groups, self._immutable, self._shape = groups, immutable, read_shape(shape)
        self._device, self._dtype, self._compile = device, dtype, truth("compile", compile)
        self._reproducible, self.seed = truth("reproducible", reproducible), whole("seed", seed, 0)
        self._names = None if feature_names is None else tuple(map(str, feature_names))

    def fit(self, X: Any, no_info: str = "median", *, no_info_type: str | None = None) -> CEM:  # noqa: N803
        """Take the median or the mean of each feature as its no-information value.

        Parameters
        ----------
        X : array-like, shape (n, ...)
            Instances that show what is usual.
        no_info : {"median", "mean"}
        no_info_type : {"median", "mean"}, optional
            The published name of `no_info`.

        Returns
        -------
        CEM
            This object.

        Raises
        ------
        BadInputError
            If the data have holes or another shape, or the word is unknown.
        """
        how = word("no_info", no_info if no_info_type is None else no_info_type, _NO_INFO)
        rows = read_rows(X, self._shape)
        self._names = self._names or rows.names
        self.no_info = (np.median if how == "median" else np.mean)(rows.array.astype(np.float64), axis=0)
        self._scale = fitted_scale(self.scale, rows.array) if isinstance(self.scale, str) else None
        return self

    @overload
    def explain(
        self, X: Any, mode: Literal["PN", "PP"], *, target: Any = None, batch_size: int | None = None,  # noqa: N803
        progress: bool = False, trace: bool = False, time_limit: float | None = None,
    ) -> Contrasts: ...  # fmt: skip
    @overload
    def explain(
        self, X: Any, mode: Literal["both"], *, target: Any = None, batch_size: int | None = None,  # noqa: N803
        progress: bool = False, trace: bool = False, time_limit: float | None = None,
    ) -> Pairs: ...  # fmt: skip
    @overload
    def explain(
        self, X: Any, mode: str | None = None, *, target: Any = None, batch_size: int | None = None,  # noqa: N803
        progress: bool = False, trace: bool = False, time_limit: float | None = None,
    ) -> Any: ...  # fmt: skip
    def explain(
        self,
        X: Any,  # noqa: N803  # the name that scikit-learn's users know
        mode: str | None = None,
        *,
        target: Any = None,
        batch_size: int | None = None,
        progress: bool = False,
        trace: bool = False,
        time_limit: float | None = None,
    ) -> Any:
        """Find pertinent negatives, positives, or both, for all rows together.

        Parameters
        ----------
        X : array-like, tensor or data frame, shape (n, ...)
            The instances; one-dimensional data are one instance.
        mode : {"PN", "PP", "both"}, optional
            Default: the mode given at construction.
        target : label, set or list of labels, or array, optional
            For negatives: the class to reach, or classes of which any will do, for all rows; an array of n labels has
            one for each row, an array of bool (n, K) a set for each row. Default: any other class.
        batch_size : int, optional
            Rows under way at the same time. It changes memory and speed, never a bit of the result (on a GPU: within
            rounding).
        progress : bool
            Show a progress bar.
        trace : bool
            Record every iteration: see ``Trace``.
        time_limit : float, optional
            Seconds; then the best found so far is returned. Ctrl-C does the same.

        Returns
        -------
        Contrasts or Pairs
            Pairs for ``"both"``: negatives in ``pn``, positives in ``pp``.

        Raises
        ------
        BadInputError
            If the rows, the model's outputs or a parameter cannot be used; the message says what to do.
        UnsupportedModelError
            If the model is nothing that can be asked for scores.
        """
        mode = self.mode if mode is None else word("mode", mode, MODES)
        deadline = Deadline(time_limit)
        if target is not None and mode == "PP":
            raise BadInputError("target is for pertinent negatives: a positive keeps the class of its instance")
        if self._groups is not None and mode != "PN" and self._settings.pp_space == "delta":
            raise BadInputError('groups need pp_space="data": a difference of one-hot columns is no one-hot column')
        truth("trace", trace), truth("progress", progress)
        rows = read_rows(X, self._shape)
        batch = None if batch_size is None else whole("batch_size", batch_size)
        return self._explain(rows, mode, target, deadline, batch, progress=progress, trace=trace)

    def _explain(
        self, rows: Rows, mode: str, target: Any, deadline: Deadline, batch: int | None, *, progress: bool, trace: bool
    ) -> Contrasts | Pairs:
        """Run the search of each kind on the same model, ready for use."""
        from tqdm import tqdm

        from .explaining import Call, explain_kind
        from .results.both import Pairs

        bounds, no_info = self._sets(rows)
        machine = self._machine(rows, bounds, no_info)
        question = self._question(rows, bounds, no_info, machine, target)
        if batch is None:
            most = _ROWS if machine.scorer.device.type == "cpu" else _ROWS_ON_GPU
            batch = max(1, min(most, _CELLS // rows.flat.shape[1]))
        kinds = {"PN": [True], "PP": [False], "both": [True, False]}[mode]
        with tqdm(total=len(kinds) * len(rows.array), unit="row", disable=not progress) as bar:
            call = Call(self._settings, machine, deadline, batch, trace, self.seed, bar.update)
            found = [explain_kind(negative, question, call) for negative in kinds]
        return found[0] if len(found) == 1 else Pairs(*found)

    def _sets(self, rows: Rows) -> tuple[tuple[F64, F64], F64]:
        """Return the range and the no-information values of these rows, checked."""
        bounds = read_range(self.feature_range, rows.shape)
        if self.no_info is None:
            raise BadInputError("no_info is missing: give the value of each feature that tells nothing, or call fit(X)")
        if isinstance(self.no_info, str):
            raise BadInputError(f"no_info={self.no_info!r}: give numbers, or call fit(X, no_info={self.no_info!r})")
        no_info = per_feature("no_info", self.no_info, rows.shape, finite=True)
        check_within(rows, *bounds)
        return bounds, no_info

    def _machine(self, rows: Rows, bounds: tuple[F64, F64], no_info: F64) -> Machine:
        from .model.machine import Builder, Wishes

        wishes = Wishes(
            self._output, self._loss, self._grad, self._eps, self._points, self._device, self._dtype, self.seed,
            self._compile, self._reproducible,
        )  # fmt: skip
        return Builder(wishes, rows.array, bounds, no_info).build(self.model, self.autoencoder)

    def _question(self, rows: Rows, bounds: tuple[F64, F64], no_info: F64, machine: Machine, target: Any) -> Any:
        """Return what is asked, with columns found by their names and labels by their place."""
        from .explaining import Question
        from .search.groups import read_groups

        names = self._names or rows.names or machine.names
        width = rows.flat.shape[1]
        if names is not None and len(names) != width:
            raise BadInputError(f"{len(names)} feature names for {width} features")
        fixed = np.zeros(width, dtype=bool)
        if self._immutable is not None:
            fixed[read_columns("immutable", self._immutable, names, rows.shape)] = True
        columns = None
        if self._groups is not None:
            if isinstance(self._groups, (str, int)) or not all(hasattr(g, "__iter__") for g in self._groups):
                raise BadInputError(f"groups={shown(self._groups)}: expected lists of columns, such as [[0, 1, 2]]")
            columns = [read_columns("groups", group, names, rows.shape) for group in self._groups]
        groups = read_groups(columns, width)
        for group in groups:
            fixed[group] |= fixed[group].any()
        wanted = None if target is None else read_target(target, machine.labels, len(rows.array))
        scale = read_scale(self.scale if self._scale is None else self._scale, rows.shape)
        return Question(rows, no_info, *bounds, fixed, groups, names, wanted, scale)

    def __repr__(self) -> str:
        s = self._settings
        told = f"kappa={s.kappa:g}, beta={s.beta:g}, gamma={s.gamma:g}, prox={s.prox!r}, pp_space={s.pp_space!r}"
        return f"CEM({type(self.model).__name__}, mode={self.mode!r}, {told})"


def _one_of(name: str, value: Any, published: str, other: Any) -> Any:
    """Return the value given under either name.

    Raises
    ------
    BadInputError
        If both are given.
    """
    if value is not None and other is not None:
        raise BadInputError(f"{name} and {published} are two names of the same parameter: give one")
    return other if value is None else value
