"""Real logs of systems that Fairview has nothing to do with, read and audited as they are."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from fairview.measure import DuckDBEngine, Estimate, Log, Precision, evaluate_all, parse_measure

Figures = dict[tuple[str, str], Estimate]


def figures(rows: pd.DataFrame, *measures: str, level: float = 0.95, **log: object) -> Figures:
    """Estimates of these measures by measure and slice, rows independent of each other."""
    if "cluster_id" not in rows:
        rows = rows.assign(cluster_id=np.arange(len(rows)).astype(str))
    engine = DuckDBEngine(Log(rows, **log))  # type: ignore[arg-type]
    parsed = [parse_measure(name) for name in measures]
    precision = Precision(level=level, minimum_cell=1)
    found = evaluate_all(parsed, engine, np.random.default_rng(0), precision)
    short = {measure.identity: name for measure, name in zip(parsed, measures, strict=True)}
    return {(short[e.measure], e.slice): e for e in found}


@cache
def compas(folder: Path) -> pd.DataFrame:
    """Defendants with what the score said (not Low) and whether they reoffended in two years."""
    rows = pd.read_parquet(folder / "fairness-compas" / "compas-scores-two-years.parquet")
    return pd.DataFrame(
        {
            "race": rows["race"],
            "sex": rows["sex"],
            "age_cat": rows["age_cat"],
            "decile": rows["decile_score"],
            "y_true": rows["two_year_recid"],
            "y_pred": (rows["score_text"] != "Low").astype(int),
        }
    )


@cache
def adult(folder: Path) -> pd.DataFrame:
    """People of the census of 1994, and whether they earn more than 50,000 dollars."""
    rows = pd.read_parquet(folder / "fairness-adult" / "adult_train.parquet")
    text = rows[["sex", "race", "income-per-year"]].apply(lambda column: column.str.strip())
    hours = pd.to_numeric(rows["hours-per-week"])
    school = pd.to_numeric(rows["education-num"])
    return text.rename(columns={"income-per-year": "income"}).assign(
        y_true=(text["income-per-year"].str.startswith(">50K")).astype(int),
        y_pred=((school >= 13) & (hours >= 40)).astype(int),
    )


@cache
def acs_income(folder: Path) -> pd.DataFrame:
    """332,900 people of the census survey; a simple rule stands for a model."""
    path = folder / "fairness-acs-folktables" / "ACSIncome.validation.parquet"
    rows = pd.read_parquet(path).reset_index(drop=True)
    return pd.DataFrame(
        {
            "sex": rows["SEX"].map({1.0: "men", 2.0: "women"}),
            "race": rows["RAC1P"].astype(int).astype(str),
            "y_true": rows["PINCP"].astype(int),
            "y_pred": ((rows["SCHL"] >= 21) & (rows["WKHP"] >= 40)).astype(int),
        }
    )


@cache
def german(folder: Path) -> pd.DataFrame:
    """Loans, and whether they were good; sex is part of the column on personal status."""
    rows = pd.read_csv(folder / "fairness-german-credit" / "german.csv")
    women = rows["personal_status"].isin(["A92", "A95"])
    return pd.DataFrame(
        {"sex": np.where(women, "women", "men"), "y_pred": (rows["credit"] == 1).astype(int)}
    )


def ranked(rows: pd.DataFrame, request: str, score: str, group: str) -> pd.DataFrame:
    """Lists, one per request, the highest score first; ties go by the row's place in the file."""
    order = rows.assign(place=np.arange(len(rows))).sort_values(
        [request, score, "place"], ascending=[True, False, True]
    )
    return pd.DataFrame(
        {
            "request_id": order[request].astype(int).astype(str),
            "cluster_id": order[request].astype(int).astype(str),
            "item_id": order["place"].astype(str),
            "position": order.groupby(request).cumcount() + 1,
            "group": np.where(order[group] == 1, "protected", "others"),
        }
    ).reset_index(drop=True)


@cache
def engineering_students(folder: Path) -> pd.DataFrame:
    """Five years of students in Chile, ranked by their marks at the end of the first year."""
    path = folder / "fairness-ranking-deltr" / "engineering_students_gender.parquet"
    return ranked(pd.read_parquet(path), "entrance_year", "score", "gender")


@cache
def w3c_experts(folder: Path) -> pd.DataFrame:
    """60 searches for experts, 200 candidates each, ranked by judgement."""
    path = folder / "fairness-ranking-deltr" / "w3c_experts_total.parquet"
    rows = pd.read_parquet(path)
    return ranked(rows, "c0", "c7", "c1")
