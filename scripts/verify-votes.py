"""Computes by statsmodels and scipy what the win rates and the table of models must say, on votes drawn at random.

    PYTHON scripts/verify-votes.py > domain/votes/fixtures/reference.json

PYTHON has numpy, scipy and statsmodels from PyPI; Tuneloop itself needs none of them. The tests of `domain/votes` compare.
"""
import json
import sys

import numpy
import statsmodels.api
from scipy.optimize import minimize
from scipy.stats import t as student
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.sandwich_covariance import cov_cluster, cov_cluster_2groups

random = numpy.random.default_rng(16)
MODELS = ["base", "dpo", "sft", "simpo"]
STRENGTHS = dict(zip(MODELS, [-0.4, 0.5, 0.0, -0.1]))
PROMPTS, PEOPLE = 60, 12


def draw_votes(with_ties):
    prompt_effect = random.normal(0, 0.5, (PROMPTS, len(MODELS)))
    person_effect = random.normal(0, 0.3, (PEOPLE, len(MODELS)))
    votes = []
    for prompt in range(PROMPTS):
        for person in random.choice(PEOPLE, 4, replace=False):
            one, two = random.choice(len(MODELS), 2, replace=False)
            lengths = numpy.exp(random.normal(5, 0.6, 2)).astype(int)
            shown_first = [True, False, None][random.integers(3)]
            place = 0 if shown_first is None else 0.5 if shown_first else -0.5
            d = (
                STRENGTHS[MODELS[one]] + prompt_effect[prompt, one] + person_effect[person, one]
                - STRENGTHS[MODELS[two]] - prompt_effect[prompt, two] - person_effect[person, two]
                + 0.3 * numpy.log2((lengths[0] + 1) / (lengths[1] + 1)) + 0.4 * place
            )
            weights = numpy.array([numpy.exp(d / 2), numpy.exp(-d / 2), 0.5 if with_ties else 0])
            outcome = ["first", "second", "tie"][random.choice(3, p=weights / weights.sum())]
            if outcome == "tie" and random.random() < 0.3:
                outcome = "both-bad"
            votes.append({
                "promptId": f"p{prompt}", "voterId": f"v{person}", "first": MODELS[one], "second": MODELS[two],
                "outcome": outcome, "firstShownFirst": shown_first,
                "firstLength": int(lengths[0]), "secondLength": int(lengths[1]),
            })
    return votes


def design(votes, styles):
    rows = []
    for vote in votes:
        row = [float(vote["first"] == model) - float(vote["second"] == model) for model in MODELS[1:]]
        if "length" in styles:
            row.append(numpy.log2((vote["firstLength"] + 1) / (vote["secondLength"] + 1)))
        if "position" in styles:
            row.append({None: 0.0, True: 0.5, False: -0.5}[vote["firstShownFirst"]])
        rows.append(row)
    return numpy.array(rows)


def clusters(votes):
    return [numpy.unique([vote[key] for vote in votes], return_inverse=True)[1] for key in ("promptId", "voterId")]


def variances(contrast, by_prompt, by_both):
    """The larger of the variance by prompts alone and of that by prompts and people."""
    return numpy.maximum(*(numpy.diag(contrast @ covariance @ contrast.T) for covariance in (by_prompt, by_both)))


def centred(values, by_prompt, by_both):
    """Strengths around their mean, with standard errors; the first model's is 0 before."""
    contrast = numpy.eye(len(MODELS))[:, 1:] - 1 / len(MODELS)
    strengths = values[: len(MODELS) - 1]
    size = len(MODELS) - 1
    errors = numpy.sqrt(variances(contrast, by_prompt[:size, :size], by_both[:size, :size]))
    return {model: {"value": float(value), "error": float(error)} for model, value, error in zip(MODELS, contrast @ strengths, errors)}


def bradley_terry(votes, styles):
    """Without ties the table is a logistic regression without intercept, which statsmodels fits."""
    x, y = design(votes, styles), numpy.array([vote["outcome"] == "first" for vote in votes], float)
    fit = statsmodels.api.Logit(y, x).fit(disp=0, tol=1e-12, maxiter=200)
    prompt, person = clusters(votes)
    pieces = [sandwich(fit.model.score_obs(fit.params), -fit.model.hessian(fit.params), groups) for groups in (prompt, person, prompt * 1000 + person)]
    return told(fit.params, pieces, styles, fit.llf, False)


def davidson(votes, styles):
    x = design(votes, styles)
    outcome = numpy.array([{"first": 1, "second": -1}.get(vote["outcome"], 0) for vote in votes])
    tie_at = len(MODELS) - 1

    def split(parameters):
        return numpy.delete(parameters, tie_at), parameters[tie_at]

    def each(parameters):
        strengths, tie = split(parameters)
        d = x @ strengths
        logits = numpy.stack([d / 2, -d / 2, numpy.full_like(d, tie)], 1)
        logits -= numpy.logaddexp.reduce(logits, 1, keepdims=True)
        return numpy.choose(numpy.where(outcome == 1, 0, numpy.where(outcome == -1, 1, 2)), logits.T)

    size = x.shape[1] + 1
    best = minimize(lambda p: -each(p).sum(), numpy.zeros(size), method="BFGS", options={"gtol": 1e-9}).x
    step = 1e-5
    scores = numpy.stack([(each(best + step * e) - each(best - step * e)) / (2 * step) for e in numpy.eye(size)], 1)

    def total_gradient(p):
        return numpy.array([(each(p + step * e).sum() - each(p - step * e).sum()) / (2 * step) for e in numpy.eye(size)])

    wide = 1e-4
    information = -numpy.stack([(total_gradient(best + wide * e) - total_gradient(best - wide * e)) / (2 * wide) for e in numpy.eye(size)], 1)
    prompt, person = clusters(votes)
    pieces = [sandwich(scores, information, groups) for groups in (prompt, person, prompt * 1000 + person)]
    return told(best, pieces, styles, each(best).sum(), True)


def sandwich(scores, information, groups):
    """The sandwich of one clustering with the factor C/(C−1)."""
    sums = numpy.stack([scores[groups == group].sum(0) for group in numpy.unique(groups)])
    inverse = numpy.linalg.inv(information)
    return inverse @ (sums.T @ sums) @ inverse * len(sums) / (len(sums) - 1)


def told(values, pieces, styles, log_likelihood, has_ties):
    by_both = pieces[0] + pieces[1] - pieces[2]
    errors = numpy.sqrt(variances(numpy.eye(len(values)), pieces[0], by_both))
    first_style = len(MODELS) - 1 + int(has_ties)
    return {
        "models": centred(values, pieces[0], by_both),
        "styles": {style: {"value": float(values[first_style + i]), "error": float(errors[first_style + i])} for i, style in enumerate(styles)},
        "logLikelihood": float(log_likelihood),
    }


def check_against_statsmodels(votes):
    """statsmodels clusters linear models: the variance of a mean by prompts and people must be that of its own function."""
    decided = [vote for vote in votes if vote["outcome"] in ("first", "second")]
    won = numpy.array([vote["outcome"] == "first" for vote in decided], float)
    fit = statsmodels.api.OLS(won, numpy.ones_like(won)).fit()
    prompt, person = clusters(decided)
    both, by_prompt, by_person = cov_cluster_2groups(fit, prompt, person, use_correction=False)
    corrected = sum(
        sign * float(cov_cluster(fit, groups, use_correction=False)[0, 0]) * len(numpy.unique(groups)) / (len(numpy.unique(groups)) - 1)
        for sign, groups in ((1, prompt), (1, person), (-1, prompt * 1000 + person))
    )
    share = float(won.mean())
    variance = max(corrected, float(by_prompt[0, 0]) * PROMPTS / (PROMPTS - 1))
    degrees = min(len(numpy.unique(prompt)), len(numpy.unique(person))) - 1
    independent = min(len(won), share * (1 - share) / variance) * (1.959963984540054 / student.ppf(0.975, degrees)) ** 2
    low, high = proportion_confint(share * independent, independent, method="wilson")
    return {"value": share, "low": float(low), "high": float(high)}


with_ties, without = draw_votes(True), draw_votes(False)
pair = [{**vote, "first": "dpo", "second": "base"} for vote in without]
json.dump({
    "withTies": {"votes": with_ties, "plain": davidson(with_ties, []), "styled": davidson(with_ties, ["length", "position"])},
    "withoutTies": {"votes": without, "plain": bradley_terry(without, []), "styled": bradley_terry(without, ["length", "position"])},
    "winRate": check_against_statsmodels(pair),
}, sys.stdout, separators=(",", ":"))
