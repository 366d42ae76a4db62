"""How good is a dog? FID, KID, MiFID, precision and recall, all of which say how they measured.

from dogan_lib.metrics import fid, kid
print(kid(dogs, gan, n=500))
print(fid(dogs, "fakes.zip"))
"""

from dogan_lib.metrics.distances import fid, kid, mifid, precision_recall
from dogan_lib.metrics.features import FeatureNetwork, Features, extract
from dogan_lib.metrics.scores import Score

__all__ = ["FeatureNetwork", "Features", "Score", "extract"]
__all__ += ["fid", "kid", "mifid", "precision_recall"]
