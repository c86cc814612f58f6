"""Radio propagation over terrain: ITU-R P.1812-8, from one path to the coverage of a country.

One path: `path_loss` on a `Profile`. One mast: `area`, the losses of a disc of terrain. All masts:
`sweep`, `coverage` and their kin, from elevation models and a table of sites.

The kernels live in modules named `_*_kernels`; numba compiles them on first use and keeps the
result.
"""

from .antennas import ELEMENT, ISOTROPIC, OMNI, SECTOR, Pattern, gain_db
from .area import Area, area
from .clutter import clutter_heights, is_water, read_clutter
from .discs import Model, Run, discs
from .link_budget import element_power_dbm, resource_blocks, rsrp_dbm
from .path_loss import DELTA_N, N0, PathLoss, path_loss
from .probability import (
    MODEL_SIGMA_DB,
    area_probability,
    covered,
    edge_probability,
    entry_loss_db,
    margin_db,
    total_sigma_db,
)
from .profile import Profile, mid_latitude_deg, read_profile
from .sites import Mast, masts, read_sectors
from .sweep import best_server, by_operator, coverage, sweep
from .terrain import Terrain, TerrainNotes, around, check_terrain, read_terrain
from .variability import Building, building_entry_loss_db, indoor_loss_db, location_sigma_db
from .what_if import change

__all__ = [
    "DELTA_N",
    "ELEMENT",
    "ISOTROPIC",
    "MODEL_SIGMA_DB",
    "N0",
    "OMNI",
    "SECTOR",
    "Area",
    "Building",
    "Mast",
    "Model",
    "PathLoss",
    "Pattern",
    "Profile",
    "Run",
    "Terrain",
    "TerrainNotes",
    "area",
    "area_probability",
    "around",
    "best_server",
    "building_entry_loss_db",
    "by_operator",
    "change",
    "check_terrain",
    "clutter_heights",
    "coverage",
    "covered",
    "discs",
    "edge_probability",
    "element_power_dbm",
    "entry_loss_db",
    "gain_db",
    "indoor_loss_db",
    "is_water",
    "location_sigma_db",
    "margin_db",
    "masts",
    "mid_latitude_deg",
    "path_loss",
    "read_clutter",
    "read_profile",
    "read_sectors",
    "read_terrain",
    "resource_blocks",
    "rsrp_dbm",
    "sweep",
    "total_sigma_db",
]
