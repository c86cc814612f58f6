"""From a predicted signal to the probability that it is there.

Two percentages must not be mixed: that of the places at the *edge* of a cell where the signal
suffices, and that of the places in the *area* within the edge. The second is larger.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from scipy.special import erfc, erfcx, ndtr

from ...geodata.faults import BadInput, Fault
from .variability import location_sigma_db

MODEL_SIGMA_DB = 7.5
"""Error of the predicted median of a cell, dB.

With the spread of places within a cell of 90 m (2 dB) it makes 7.8 dB, close to the 8 dB of 3GPP
TR 38.901, Table 7.4.1-1, for rural places without line of sight. On Ofcom's drive tests in the UK
models fitted to a part of them err by 6 to 8 dB elsewhere (Ethier and Châteauvert,
arXiv:2405.10006), which a model that is not fitted will not beat. Judgement; give your own error
where there are measurements.
"""

_STANDARD = NormalDist()


def total_sigma_db(
    f_ghz: float,
    *,
    width_m: float,
    height_m: float = 1.5,
    model_sigma_db: float = MODEL_SIGMA_DB,
    spread_db: float = 0.0,
) -> float:
    """Return the standard deviation between prediction and signal at a place.

    Errors that do not depend on each other add as squares: the spread of places in a cell (ITU-R
    P.1812-8, section 4.7), the error of the model, and any other.

    Parameters
    ----------
    f_ghz : float
        Frequency, 0.03 to 6 GHz.
    width_m : float
        Side of a cell, 1 to 1000 m.
    height_m : float
        Receiver above ground: the spread of places falls above the clutter, of 10 m here, and is
        none from 20 m on.
    model_sigma_db : float
        Error of the predicted median.
    spread_db : float
        Any other, such as that of buildings by :func:`entry_loss_db`.

    Returns
    -------
    float
        dB.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> round(total_sigma_db(0.7, width_m=90), 1)
    7.7
    """
    faults = [
        Fault(name, f"{value}", "0 dB or more", "Give a standard deviation in dB.")
        for name, value in (("model_sigma_db", model_sigma_db), ("spread_db", spread_db))
        if not 0.0 <= value < math.inf
    ]
    if faults:
        raise BadInput(faults)
    places_db = location_sigma_db(f_ghz, width_m=width_m, height_m=height_m)
    return math.hypot(places_db, model_sigma_db, spread_db)


def covered(rsrp_dbm: np.ndarray, threshold_dbm: float, *, sigma_db: float) -> np.ndarray:
    """Return the probability that the signal at a place reaches a threshold.

    Phi((rsrp - threshold) / sigma), Phi the standard normal distribution. For places in buildings
    take the median entry loss from the signal and add its spread to sigma.

    Parameters
    ----------
    rsrp_dbm : ndarray
        Predicted median.
    threshold_dbm : float
        What suffices.
    sigma_db : float
        As :func:`total_sigma_db` gives it; above 0.

    Returns
    -------
    ndarray of float32
        0 to 1; NaN where the signal is.

    Raises
    ------
    BadInput
        When sigma is not above 0.

    Examples
    --------
    >>> covered(np.array([-110.0, -102.0]), -110.0, sigma_db=8.0).round(2).tolist()
    [0.5, 0.8399999737739563]
    """
    _check_sigma(sigma_db)
    above = np.asarray(rsrp_dbm, np.float32) - np.float32(threshold_dbm)
    return ndtr(above / np.float32(sigma_db))


def margin_db(edge_probability: float, *, sigma_db: float) -> float:
    """Return how far the median at the edge must lie above the threshold.

    Parameters
    ----------
    edge_probability : float
        Share of the places at the edge, between 0 and 1.
    sigma_db : float

    Returns
    -------
    float
        dB.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> round(margin_db(0.9, sigma_db=8.0), 2)
    10.25
    """
    _check_share("edge_probability", edge_probability)
    _check_sigma(sigma_db)
    return sigma_db * _STANDARD.inv_cdf(edge_probability)


def area_probability(edge_probability: float, *, exponent: float, sigma_db: float) -> float:
    """Return the share of a disc that is covered, from that at its edge.

    Reudink's formula (Jakes, *Microwave Mobile Communications*, 1974, section 2.5.3): the median
    falls by 10 n dB a decade of the distance from the middle, so that with z the margin over sigma,
    a = -z / sqrt(2) and b = 10 n log10(e) / (sigma sqrt(2)) the share is
    (erfc(a) + exp((1 - 2 a b) / b^2) erfc((1 - a b) / b)) / 2.

    Parameters
    ----------
    edge_probability : float
        Share of the places at the edge, between 0 and 1.
    exponent : float
        n, above 0: 2 in free space, 3 to 4 over land.
    sigma_db : float

    Returns
    -------
    float
        Between `edge_probability` and 1.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> round(area_probability(0.9, exponent=3.5, sigma_db=8.0), 4)
    0.9657
    """
    _check_share("edge_probability", edge_probability)
    _check_exponent(exponent, sigma_db)
    a = -_STANDARD.inv_cdf(edge_probability) / math.sqrt(2.0)
    return _area(a, 10.0 * exponent * math.log10(math.e) / (sigma_db * math.sqrt(2.0)))


def edge_probability(area_share: float, *, exponent: float, sigma_db: float) -> float:
    """Return the share at the edge that gives a share of the area: the inverse.

    Parameters
    ----------
    area_share : float
        Share of the area, between 0 and 1.
    exponent, sigma_db : float
        As :func:`area_probability` takes them.

    Returns
    -------
    float

    Raises
    ------
    BadInput

    Examples
    --------
    >>> round(edge_probability(0.95, exponent=3.5, sigma_db=8.0), 3)
    0.862
    """
    _check_share("area_share", area_share)
    _check_exponent(exponent, sigma_db)
    from scipy.optimize import brentq  # 16 MB that no prediction needs

    b = 10.0 * exponent * math.log10(math.e) / (sigma_db * math.sqrt(2.0))
    most = -_STANDARD.inv_cdf(area_share) / math.sqrt(2.0)  # the area has more than its edge
    least = most
    while _area(least, b) > area_share:
        least += 1.0 + 1.0 / b
    a = brentq(lambda at: _area(at, b) - area_share, most, least) if least > most else most
    return float(0.5 * erfc(a))


def _area(a: float, b: float) -> float:
    u = 1.0 / b - a
    # exp((1 - 2ab)/b^2) = exp(u^2 - a^2): erfcx holds exp(u^2) erfc(u) where either would overflow.
    tail = math.exp(-a * a) * erfcx(u) if u > 0.0 else math.exp((1.0 / b - 2.0 * a) / b) * erfc(u)
    return float(0.5 * (erfc(a) + tail))


def _check_share(name: str, share: float) -> None:
    if not 0.0 < share < 1.0:
        wanted = "a share between 0 and 1, without them"
        raise BadInput([Fault(name, f"{share}", wanted, "Give 0.9 for 90 %.")])


def _check_sigma(sigma: float) -> None:
    if not 0.0 < sigma < math.inf:
        repair = "Give the standard deviation in dB."
        raise BadInput([Fault("sigma_db", f"{sigma}", "more than 0 dB", repair)])


def _check_exponent(exponent: float, sigma: float) -> None:
    _check_sigma(sigma)
    if not 0.0 < exponent < math.inf:
        raise BadInput([Fault("exponent", f"{exponent}", "more than 0", "Give 3.5 over land.")])
