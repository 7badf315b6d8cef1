"""A head: one small forest that predicts one action, and the curve that calibrates it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.core import DataError
from fairview.core.columns import Array
from fairview.ranking.features import FEATURES, POSITION

Floats = npt.NDArray[np.float64]

TREES = 40
DEPTH = 4
LEARNING_RATE = 0.15
ISOTONIC_POSITIVES = 100
"""With fewer positives, a line in the logit (Platt) is fitted and not a step curve."""


@dataclass(frozen=True)
class Calibration:
    """A non-decreasing curve from raw to calibrated probability, as points to interpolate.

    Examples
    --------
    >>> Calibration((0.0, 1.0), (0.0, 0.5)).apply(np.array([0.2, 2.0])).tolist()
    [0.1, 0.5]
    """

    raw: tuple[float, ...]
    calibrated: tuple[float, ...]

    def apply(self, probability: Array) -> Floats:
        """Return calibrated probabilities; beyond the ends the curve is flat."""
        return np.asarray(np.interp(probability, self.raw, self.calibrated), np.float64)

    @classmethod
    def fit(cls, probability: Array, happened: Array) -> Calibration:
        """Fit the curve on rows that the head wasn't trained on."""
        if int(happened.sum()) < ISOTONIC_POSITIVES:
            return _platt(probability, happened)
        from sklearn.isotonic import IsotonicRegression

        model = IsotonicRegression(out_of_bounds="clip", y_min=1e-6).fit(probability, happened)
        return cls(
            tuple(model.X_thresholds_.astype(float).tolist()),
            tuple(model.y_thresholds_.astype(float).tolist()),
        )


def _platt(probability: Array, happened: Array) -> Calibration:
    """Return a line in the logit as a curve of points, its slope kept from being negative."""
    from sklearn.linear_model import LogisticRegression

    grid = np.linspace(0.001, 0.999, 400)
    if happened.min() == happened.max():
        return Calibration(tuple(grid), tuple(grid))
    model = LogisticRegression(C=1e6).fit(_logit(probability)[:, None], happened.astype(int))
    slope, shift = max(float(model.coef_[0, 0]), 0.0), float(model.intercept_[0])
    curve = 1 / (1 + np.exp(-(slope * _logit(grid) + shift)))
    return Calibration(tuple(grid.tolist()), tuple(curve.tolist()))


def _logit(probability: Array) -> Floats:
    safe = np.clip(np.asarray(probability, np.float64), 1e-6, 1 - 1e-6)
    return np.asarray(np.log(safe / (1 - safe)))


class Head:
    """Predicts one action.

    Parameters
    ----------
    booster
        A trained `xgboost.Booster` over the columns of `feature_table`.
    calibration
        From the booster's probability to the one that is given.
    """

    def __init__(self, booster: Any, calibration: Calibration) -> None:
        self._booster = booster
        self.calibration = calibration

    @classmethod
    def train(
        cls,
        table: Array,
        happened: Array,
        later: Array,
        happened_later: Array,
        *,
        seed: int,
        weight: Array | None = None,
    ) -> Head:
        """Train on m x F rows with weights (1 where None), calibrate on later ones as they are."""
        import xgboost

        names = [*FEATURES, POSITION]
        parameters = {
            "objective": "binary:logistic",
            "tree_method": "hist",
            "max_depth": DEPTH,
            "eta": LEARNING_RATE,
            "min_child_weight": 5,
            "lambda": 2.0,
            "monotone_constraints": str(tuple(-int(name == POSITION) for name in names)),
            "seed": seed,
            "nthread": 1,
            "verbosity": 0,
        }
        label = happened.astype(np.float32)
        rows = xgboost.DMatrix(table, label=label, weight=weight, feature_names=names)
        booster = xgboost.train(parameters, rows, num_boost_round=TREES)
        head = cls(booster, Calibration((0.0, 1.0), (0.0, 1.0)))
        head.calibration = Calibration.fit(head.raw(later), happened_later)
        return head

    def raw(self, table: Array) -> Floats:
        """Return the booster's own probabilities."""
        if not len(table):
            return np.zeros(0)
        predicted = self._booster.inplace_predict(table, validate_features=False)
        return np.asarray(predicted, np.float64)

    def predict(self, table: Array) -> Floats:
        """Return the calibrated probability of the action for each row."""
        return self.calibration.apply(self.raw(table))

    def importance(self) -> dict[str, float]:
        """Return each used feature's share of the total gain."""
        gain = self._booster.get_score(importance_type="total_gain")
        total = sum(gain.values()) or 1.0
        return {name: value / total for name, value in sorted(gain.items())}

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: the booster in xgboost's own JSON, and the curve."""
        booster = json.loads(bytes(self._booster.save_raw("json")).decode())
        curve = self.calibration
        return {
            "booster": booster,
            "calibration": {"raw": list(curve.raw), "calibrated": list(curve.calibrated)},
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Head:
        """Return the head that `to_dict` described; a damaged one is a `DataError`."""
        import xgboost

        try:
            booster = xgboost.Booster()
            booster.load_model(bytearray(json.dumps(plain["booster"]).encode()))
            curve = plain["calibration"]
            calibration = Calibration(tuple(curve["raw"]), tuple(curve["calibrated"]))
        except (KeyError, TypeError, ValueError, xgboost.core.XGBoostError) as error:
            raise DataError(
                f"The ranker's model can't be read ({error}); run: fairview train"
            ) from (error)
        booster.set_param({"nthread": 1})
        return cls(booster, calibration)
