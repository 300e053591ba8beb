"""The pages: rendered here, with their state in the address, so that every view can be sent to a colleague."""
