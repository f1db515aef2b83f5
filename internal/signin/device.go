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
