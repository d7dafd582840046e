# %% [markdown]
# # Digits
#
# A forest that reads handwritten digits (8 x 8 pixels): which pixels alone force the reading, and which would change it?

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from suffice import Explainer

digits = load_digits()
model = RandomForestClassifier(25, max_depth=6, random_state=0).fit(digits.data[200:], digits.target[200:])
names = [f"{row},{column}" for row in range(8) for column in range(8)]
explainer = Explainer.initialize(
    model, digits.data[0], feature_names=names, features_type={"integer": names}, ranges=dict.fromkeys(names, (0, 16))
)
reason = explainer.sufficient_reason(over="features")
change = explainer.minimal_contrastive_reason(over="features", time_limit=10)
print(f"read as {explainer.target_prediction}; {len(reason)} of 64 pixels force it [{reason.status}]")
print(f"{len(change)} pixels would change it to {explainer.predict(change.witness)} [{change.status}]")

# %%
kept = np.isin(names, reason).reshape(8, 8)
figure, (left, middle, right) = plt.subplots(1, 3, figsize=(9, 3.2))
for ax, pixels, title in (
    (left, digits.data[0], "the digit"),
    (middle, np.where(kept.ravel(), digits.data[0], np.nan), "these pixels alone force it"),
    (right, np.asarray(change.witness, dtype=float), f"changed: read as {explainer.predict(change.witness)}"),
):
    ax.imshow(pixels.reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
    ax.set_title(title, fontsize=10)
    ax.set(xticks=[], yticks=[])
    ax.set_facecolor("#f3e3c3")
for name in change.witness.changed:
    row, column = map(int, name.split(","))
    right.add_patch(plt.Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor="#d55e00", linewidth=2))
figure.tight_layout()
