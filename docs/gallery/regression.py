# %% [markdown]
# # Why this number
#
# A regressor of the progression of diabetes: what keeps the prediction within 60 of what it is?

# %%
from sklearn.datasets import load_diabetes
from sklearn.ensemble import GradientBoostingRegressor
from suffice import Explainer, explain
from suffice.report import plot_reason

data = load_diabetes(as_frame=True, scaled=False)
model = GradientBoostingRegressor(n_estimators=40, random_state=0).fit(data.data, data.target)
found = explain(model, data.data[:1], tolerance=60.0)[0]
found

# %%
plot_reason(found, data=data.data)
# %% [markdown]
# What would move it out, and how far can the model go at all?

# %%
plot_reason(found, kind="contrastive", data=data.data)
# %%
explainer = Explainer.initialize(model, data.data[:1])
print(explainer.predict(data.data[:1]), explainer.extremum_range())
