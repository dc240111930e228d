"""The parts of the compare page: starting one, its result, its cases side by side, and trying the arms live."""
