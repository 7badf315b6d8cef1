"""Words of the measures of decisions and scores."""

from __future__ import annotations

from collections.abc import Mapping

from fairview.audit.wording.context import Words
from fairview.audit.wording.scale import DIFFERENCE, PERCENT, PLAIN
from fairview.audit.wording.sentences import extremes


def _share(title: str, meaning: str) -> Words:
    return Words(title, meaning, PERCENT, extremes(f"The {title[:1].lower()}{title[1:]}"))


def _number(title: str, meaning: str, *, signed: bool = False) -> Words:
    scale = DIFFERENCE if signed else PLAIN
    return Words(title, meaning, scale, extremes(f"The {title[:1].lower()}{title[1:]}"))


DECISIONS: Mapping[str, Words] = {
    "SelectionRate": _share(
        "Selection rate", "How many of 100 cases were decided with yes, group by group."
    ),
    "TPR": _share(
        "True positive rate",
        "Of 100 cases in which yes was right, how many got it; more is better.",
    ),
    "FPR": _share(
        "False positive rate",
        "Of 100 cases in which no was right, how many got a yes all the same; fewer is better.",
    ),
    "TNR": _share(
        "True negative rate",
        "Of 100 cases in which no was right, how many got it; more is better.",
    ),
    "FNR": _share(
        "False negative rate",
        "Of 100 cases in which yes was right, how many got a no all the same; fewer is better.",
    ),
    "PPV": _share("Precision", "Of 100 cases that got a yes, how many had it rightly."),
    "FDR": _share("False discovery rate", "Of 100 cases that got a yes, how many had it wrongly."),
    "FOR": _share("False omission rate", "Of 100 cases that got a no, how many had it wrongly."),
    "NPV": _share("Negative predictive value", "Of 100 cases that got a no, how many rightly."),
    "Accuracy": _share("Accuracy", "How many of 100 decisions were right; more is better."),
    "BalancedAccuracy": _share(
        "Balanced accuracy",
        "The mean of the true positive and the true negative rate; 50 % is guessing.",
    ),
    "BaseRate": _share(
        "Base rate", "In how many of 100 cases yes was right: what there is to find."
    ),
    "ECE": _number(
        "Calibration error", "How far predicted and observed rates are apart; 0 is best."
    ),
    "AUC": _number(
        "Ranking of scores (AUC)",
        "How often a case in which yes was right scores above one in which it wasn't; 0.5 is "
        "guessing.",
    ),
    "Brier": _number("Brier score", "Mean squared error of the predicted rate; 0 is best."),
    "LogLoss": _number("Log loss", "Surprise at what happened, given the score; 0 is best."),
    "MAE": _number("Mean absolute error", "How far predictions are off, on average; 0 is best."),
    "RMSE": _number("Root mean squared error", "How far predictions are off; 0 is best."),
    "Bias": _number(
        "Bias of predictions", "Prediction minus truth, on average; 0 is best.", signed=True
    ),
}
