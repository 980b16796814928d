"""Forms for units, leaders and the office: server-rendered, without JavaScript, Chinese first."""
