"""Every metric there is, in the order in which settings and screens name them. A new one is a file and a line here."""

from core.metrics.accuracy import ACCURACY
from core.metrics.labels import MICRO_F1, SUBSET_ACCURACY
from core.metrics.loss import LOSS
from core.metrics.macro_f1 import MACRO_F1
from core.metrics.metric import Metric
from core.metrics.regression import MAE, PEARSON, RMSE, SPEARMAN

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (MACRO_F1, ACCURACY, MICRO_F1, SUBSET_ACCURACY, RMSE, MAE, PEARSON, SPEARMAN, LOSS)
}
