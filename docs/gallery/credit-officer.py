# %% [markdown]
# # A credit officer's report
#
# An applicant was refused and asks why. The applications are made up by a seeded generator; the model is a pipeline as
# people deploy it: missing numbers filled in, a forest found by a grid search, calibrated, with a tuned threshold.

# %%
from suffice import explain
from suffice.explainers.credit import synthetic_credit
from suffice.explainers.credit_demo import FITTED, credit_model

rows, granted = synthetic_credit(FITTED + 500)
model = credit_model(rows[:FITTED], granted[:FITTED])
applicant = rows[FITTED:][8:9]
applicant.T

# %% [markdown]
# Why, and what would change it? Age and marriage are nothing that a person should be told to change.

# %%
found = explain(model, applicant, immutable=["age", "married"], time_limit=20.0)[0]
found

# %%
from suffice.report import plot_reason

plot_reason(found, data=rows[:FITTED])
# %% [markdown]
# The letter: one file, without the income.

# %%
found.to_html("decision.html", data=rows[:FITTED], title="Your application", redact=["income"])
print(found.redacted(["income"]))
