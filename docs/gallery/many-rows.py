# %% [markdown]
# # Ten thousand rows
#
# One reason each for ten thousand made-up credit applications, as a frame, a file and a summary.

# %%
from sklearn.ensemble import RandomForestClassifier
from suffice import explain
from suffice.explainers.credit import synthetic_credit

rows, granted = synthetic_credit(12_000)
numbers = rows[["age", "income", "debt", "amount", "late payments"]]
model = RandomForestClassifier(50, max_depth=6, random_state=0).fit(numbers[:2000], granted[:2000])
many = explain(model, numbers[2000:], over="features")
print(many.summary())

# %%
frame = many.to_frame()
frame.to_parquet("reasons.parquet")
frame.drop(columns="seconds").head()

# %%
from suffice.report import plot_population

plot_population(many)
