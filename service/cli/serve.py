"""``reasonance serve``, ``worker``, ``stop`` and ``demo``: processes that run."""

from __future__ import annotations

import logging

import click

from service import settings


@click.command()
@click.option("--no-worker", is_flag=True, help="Serve only; start workers yourself.")
def serve(no_worker: bool) -> None:
    """Start the pages and the API, and a worker beside them, until stopped."""
    from service import serving

    serving.serve(settings.load(), with_worker=not no_worker)


@click.command()
@click.option("--queue", "queues", multiple=True, type=click.Choice(["gpu", "cpu", "io"]), help="All by default.")
def worker(queues: tuple[str, ...]) -> None:
    """Work on what waits until stopped; any number may run, on any number of machines."""
    # Nobody watches a worker: what went wrong stands in its log. The libraries' warnings are for programmers.
    logging.getLogger("service").setLevel(min(logging.WARNING, logging.getLogger().level))
    from service import worker as work
    from service.jobs import QUEUES
    from service.runtime import open_runtime

    with open_runtime(settings.load()) as runtime:
        work.run(runtime, queues or QUEUES)


@click.command()
def stop() -> None:
    """End the service of the data directory, the demo's too, and its workers."""
    from service import demo, serving
    from service.cli.show import line

    options = settings.load()
    places = (options, demo.settings_of(options))
    ended = [serving.stop(place) for place in places if serving.running(place)]
    for note in ended:
        line(f"Stopped the service at {note.url}")
    if not ended:
        line("No service runs.")


@click.command("demo")
@click.option("--no-serve", is_flag=True, help="End after the analysis.")
def demo(no_serve: bool) -> None:
    """Load the sample contact centre, analyse it, show what was found, and leave it served."""
    from service import demo as sample

    sample.run(settings.load(), serve=not no_serve)
