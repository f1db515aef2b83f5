package tenants

import (
	"strings"

	"github.com/sharon-nhs/sharon/tenants/areas"
)

// houseRules are those that a service begins with. Its lead writes its own.
func houseRules(preset areas.Area) string {
	return strings.TrimLeft(preset.Rules+"\n"+usualRules, "\n")
}

const usualRules = `**Be kind.** Everybody here has a hard time of some sort. Say what helped you, not what others must do.

**Stay nameless.** No surnames, addresses, schools or photos of faces: yours or anybody else’s.

**What is said here stays here.** Do not copy or photograph what others write.

**Take care with hard topics.** Say at the start what a post is about. Leave out methods, weights and numbers.

**Ask for help when it cannot wait.** The team is not here at every hour. *Get help now* is at the top of every page.

**Tell us when something worries you.** The team reads what you report, and nobody learns that it was you.

The team may take down what breaks these rules, and will tell you why. If they think that somebody is in danger, they may find out who it is and get help.`

// houseRulesEasy are those that a service begins with, as Easy Read.
func houseRulesEasy(preset areas.Area) string {
	return strings.TrimLeft(preset.Easy.Rules+"\n"+usualEasy, "\n")
}

const usualEasy = `Be kind.

Do not say your full name. Do not show faces in pictures.

Do not show others what is written here.

Tell the team if you are worried. Nobody else learns that it was you.

The team is not always here. Press *Get help now* if you need somebody now.

The team can take away what breaks a rule. They tell you why.

If you are in danger, the team may find out who you are. They will get help.`
