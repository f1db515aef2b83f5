package signin

import "github.com/mileusna/useragent"

// DeviceName says in a few words what a client is: "Firefox on Windows".
func DeviceName(agent string) string {
	known := useragent.Parse(agent)
	switch {
	case known.Name == "" || known.OS == "":
		return "Another app or browser"
	case known.Tablet:
		return known.Name + " on a tablet (" + known.OS + ")"
	case known.Mobile:
		return known.Name + " on a phone (" + known.OS + ")"
	}
	return known.Name + " on " + known.OS
}

// DeviceKind is the kind of a client's device: phone, tablet, computer or other.
func DeviceKind(agent string) string {
	switch known := useragent.Parse(agent); {
	case known.Tablet:
		return "tablet"
	case known.Mobile:
		return "phone"
	case known.Desktop:
		return "computer"
	}
	return "other"
}
