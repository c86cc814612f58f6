"""Radio propagation over terrain: ITU-R P.1812-8, from one path to the coverage of a country.

One path: `path_loss` on a `Profile`. One mast: `area`, the losses of a disc of terrain. All masts:
`sweep`, `coverage` and their kin, from elevation models and a table of sites.

The kernels live in modules named `_*_kernels`; numba compiles them on first use and keeps the
result. The public names load when they are first used: one disc needs neither tables nor files.
"""

from typing import TYPE_CHECKING

import lazy_loader as _lazy

if TYPE_CHECKING:
    from .antennas import ELEMENT, ISOTROPIC, OMNI, SECTOR, Pattern, gain_db
    from .area_sweep import Area, area
    from .clutter import clutter_heights, is_water, read_clutter
    from .link_budget import element_power_dbm, resource_blocks, rsrp_dbm
    from .mast_discs import Model, Run, discs
    from .one_by_one import each_site
    from .point_to_point import DELTA_N, N0, PathLoss, path_loss
    from .probability import (
        MODEL_SIGMA_DB,
        area_probability,
        covered,
        edge_probability,
        margin_db,
        total_sigma_db,
    )
    from .profile import Profile, mid_latitude_deg, read_profile
    from .signal import best_server, by_operator, coverage, sweep
    from .sites import Mast, masts, read_sectors
    from .terrain import Terrain, around, check_terrain
    from .terrain_files import TerrainNotes, read_terrain
    from .variability import (
        Building,
        building_entry_loss_db,
        entry_loss_db,
        indoor_loss_db,
        location_sigma_db,
    )
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
    "each_site",
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

__getattr__, __dir__, _ = _lazy.attach(
    __name__,
    submod_attrs={
        "antennas": ["ELEMENT", "ISOTROPIC", "OMNI", "SECTOR", "Pattern", "gain_db"],
        "area_sweep": ["Area", "area"],
        "clutter": ["clutter_heights", "is_water", "read_clutter"],
        "mast_discs": ["Model", "Run", "discs"],
        "one_by_one": ["each_site"],
        "link_budget": ["element_power_dbm", "resource_blocks", "rsrp_dbm"],
        "point_to_point": ["DELTA_N", "N0", "PathLoss", "path_loss"],
        "probability": [
            "MODEL_SIGMA_DB",
            "area_probability",
            "covered",
            "edge_probability",
            "margin_db",
            "total_sigma_db",
        ],
        "profile": ["Profile", "mid_latitude_deg", "read_profile"],
        "sites": ["Mast", "masts", "read_sectors"],
        "signal": ["best_server", "by_operator", "coverage", "sweep"],
        "terrain": ["Terrain", "around", "check_terrain"],
        "terrain_files": ["TerrainNotes", "read_terrain"],
        "variability": [
            "Building",
            "building_entry_loss_db",
            "entry_loss_db",
            "indoor_loss_db",
            "location_sigma_db",
        ],
        "what_if": ["change"],
    },
)
