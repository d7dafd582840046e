# %% [markdown]
# # A data scientist's tour
#
# A gradient boosted model of tumours: reasons, checks, changes, counts.

# %%
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier
from suffice import Explainer

data = load_breast_cancer(as_frame=True)
labels = data.target_names[data.target]
model = GradientBoostingClassifier(n_estimators=60, random_state=0).fit(data.data[100:], labels[100:])
explainer = Explainer.initialize(model, data.data.iloc[0], background=data.data)
explainer

# %% [markdown]
# A sufficient reason: whatever else changes, the prediction stays.

# %%
reason = explainer.sufficient_reason(over="features")
print(reason, reason.status)

# %% [markdown]
# Is it really one? A check is exact. Without one of its features, a counterexample shows itself.

# %%
print(explainer.is_reason(reason, over="features"))
print(explainer.is_reason(reason[1:], over="features").value)

# %% [markdown]
# What would change the prediction, with the fewest features?

# %%
change = explainer.minimal_contrastive_reason(over="features", time_limit=10)
print(change, change.status)
print({name: change.witness[name] for name in change.witness.changed})

# %% [markdown]
# Which features are in every reason, which in none?

# %%
print("necessary:", explainer.necessary_features(time_limit=10))
relevant = explainer.relevant_features(time_limit=10)
print("in no reason:", [name for name in data.data.columns if name not in relevant][:8], "…")
