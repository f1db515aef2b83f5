package tenants

import "strings"

// HouseRules are those that a service of an area begins with. Its lead writes its own.
func HouseRules(area Area) string {
	return strings.TrimLeft(area.preset().Rules+"\n"+usualRules, "\n")
}

const usualRules = `**Be kind.** Everybody here has a hard time of some sort. Say what helped you, not what others must do.

**Stay nameless.** No surnames, addresses, schools or photos of faces: yours or anybody else’s.

**What is said here stays here.** Do not copy or photograph what others write.

**Take care with hard topics.** Say at the start what a post is about. Leave out methods, weights and numbers.

**Ask for help when it cannot wait.** The team is not here at every hour. *Get help now* is at the top of every page.

**Tell us when something worries you.** The team reads what you report, and nobody learns that it was you.

The team may take down what breaks these rules, and will tell you why. If they think that somebody is in danger, they may find out who it is and get help.`
