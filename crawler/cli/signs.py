"""What `doctor` says of the settings: which addresses are opened, and who asks."""

from __future__ import annotations

import os

from archive.doctor import Sign, State
from crawler.environment import AllowedAddress, Environment
from crawler.gate import is_public

WIDE = {4: 8, 6: 7}
"""Prefix lengths below which a network is more than one site's own."""

PROXIES = ("http_proxy", "https_proxy", "all_proxy")


def settings_signs(environment: Environment) -> list[Sign]:
    """One sign per setting that decides what may be asked."""
    return [_allowed(environment.allow_addresses), _contact(environment), *_proxies()]


def _allowed(addresses: tuple[AllowedAddress, ...]) -> Sign:
    if not addresses:
        return Sign("allowed", State.OK, "only public addresses are asked")
    detail = f"also asked, as GONGWEN_ALLOW_ADDRESSES says: {', '.join(map(str, addresses))}"
    wide = [str(one) for one in addresses if one.network.prefixlen < WIDE[one.network.version]]
    if wide:
        step = "Name only the networks and ports of your own sites"
        return Sign("allowed", State.WARN, f"{detail}; very wide: {', '.join(wide)}", step)
    if any(is_public(one.network.network_address) for one in addresses):
        step = "Take it out, unless the site is yours: seeds may ask it without any delay"
        return Sign("allowed", State.WARN, f"{detail}; one of them is a public address", step)
    return Sign("allowed", State.OK, detail)


def _contact(environment: Environment) -> Sign:
    if environment.contact:
        return Sign("contact", State.OK, f"sites are told {environment.contact}")
    step = "Tell sites who asks: export GONGWEN_CONTACT=mailto:you@example.org"
    return Sign("contact", State.WARN, "GONGWEN_CONTACT is not set: no public site is asked", step)


def _proxies() -> list[Sign]:
    """A proxy is never used, because it would connect past the gate; its address may hold a key."""
    named = sorted({name for name in os.environ if name.lower() in PROXIES and os.environ[name]})
    if not named:
        return []
    return [Sign("proxy", State.OK, f"{', '.join(named)} set in the environment, and not used")]
