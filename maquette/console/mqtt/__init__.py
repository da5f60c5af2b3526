"""MQTT: the house's other systems speak to the model and hear of it; Home Assistant finds it by itself."""
