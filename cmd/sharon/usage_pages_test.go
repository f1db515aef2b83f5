package main

// usagePages are those of figures of usage, on both faces.
func usagePages(s *site) []aPage {
	const joan = "onboarding@sharon"
	return []aPage{
		{"usage", "lead.willow@northmoor", "/willow/usage", nil},
		{"usage-days", "admin@northmoor", "/willow/usage?by=day", nil},
		{"usage-weeks", "lead.willow@northmoor", "/willow/usage?by=week", nil},
		{"usage-error", "lead.willow@northmoor", "/willow/usage?by=year", nil},
		{"console-usage", joan, "/usage", nil},
		{"console-usage-none", "finance@sharon", "/usage?area=waiting_list", nil},
		{"console-usage-service", joan, "/usage/northmoor/willow", nil},
	}
}
