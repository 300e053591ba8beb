"""The HTTP service: ``/v1`` for programs, pages for people, probes and metrics for the operator."""
