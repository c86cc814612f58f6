"""Radio propagation over terrain: ITU-R P.1812-8 from point to point.

The kernels live in modules named `_p1812_*_kernels`, one function a section of the Recommendation;
numba compiles them on first use and keeps the result.
"""

from .path_loss import DELTA_N, N0, PathLoss, path_loss
from .profile import Profile, mid_latitude_deg, read_profile
from .variability import Building, building_entry_loss_db, indoor_loss_db, location_sigma_db

__all__ = [
    "DELTA_N",
    "N0",
    "Building",
    "PathLoss",
    "Profile",
    "building_entry_loss_db",
    "indoor_loss_db",
    "location_sigma_db",
    "mid_latitude_deg",
    "path_loss",
    "read_profile",
]
