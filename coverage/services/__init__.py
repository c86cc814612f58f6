"""The services, one file each. A new one is a file here and a line below."""

from . import fibre, mobile, power, speed
from .service import Service

SERVICES: dict[str, Service] = {
    "mobile": mobile.SERVICE,
    "fibre": fibre.SERVICE,
    "power": power.SERVICE,
    "speed": speed.SERVICE,
}
