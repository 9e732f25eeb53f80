-- Vizard as a component of Prosody (0.12 or later). Put this at the end of prosody.cfg.lua, or in a file in conf.d/.
--
-- The secret is the one in Vizard's config, [server] secret. Make it long and random.
-- Clients find the channels by themselves when the component's domain is below that of a VirtualHost.

Component "mix.example.org"
    component_secret = "change me"

-- Prosody listens for components at port 5347 of this machine only, which is what Vizard expects. To change that, in
-- the global part of the config, above the first VirtualHost:
--
--   component_ports = { 5347 }
--   component_interfaces = { "127.0.0.1" }
