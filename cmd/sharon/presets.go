package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/sharon-nhs/sharon/internal/byhand"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/all"
	"github.com/sharon-nhs/sharon/modules/notifications"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/modules/terms"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
	"github.com/sharon-nhs/sharon/tenants/invitations"
)

type presetsCmd struct {
	Check presetsCheck `cmd:"" help:"Look through what services of each area begin with, and say what is wrong by file, line and field."`
}

type presetsCheck struct {
	Folder string `arg:"" optional:"" help:"A copy of SHaRON's source, of which tenants/areas and modules/terms/lists are read. Without it, the presets that this program has." type:"existingdir"`
}

// Run fails if something is wrong; that a telephone number should be looked up again
// is only said.
func (cmd presetsCheck) Run() error {
	presets, lists := areas.Shipped, terms.Shipped
	if cmd.Folder != "" {
		presets = os.DirFS(filepath.Join(cmd.Folder, "tenants", "areas"))
		lists = os.DirFS(filepath.Join(cmd.Folder, "modules", "terms", "lists"))
	}
	wrong, due := lookThrough(presets, lists, time.Now())
	for _, one := range wrong {
		fmt.Println(one)
	}
	for _, one := range due {
		fmt.Println("due:", one)
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%d things in the presets need mending", len(wrong))
	}
	fmt.Println("The presets are whole.")
	return nil
}

// lookThrough says what is wrong with presets, and which numbers are to be looked up.
func lookThrough(presets, lists fs.FS, now time.Time) (wrong, due []byhand.Wrong) {
	book, wrong := all.CheckPresets(emptyRooms(), presets, lists)
	return wrong, book.Due(now)
}

// emptyRooms are all rooms as they are without a database: to ask what there is.
func emptyRooms() []modules.Module {
	return all.Rooms(safety.NewDesk(), nil, &notifications.Outside{}, invitations.Guests{}, func(tenants.Scope, tenants.Person) []tenants.Link { return nil })
}

// presets looks at what new services begin with.
func (cmd doctorCmd) presets(context.Context) []finding {
	wrong, due := lookThrough(areas.Shipped, terms.Shipped, time.Now())
	found := []finding{}
	for _, one := range wrong {
		found = append(found, finding{"broken", "presets: " + one.String(), "Mend this in the source, and build SHaRON anew."})
	}
	for _, one := range due {
		found = append(found, finding{"warning", "presets: " + one.String(), "Look the number up, and say so in the source."})
	}
	if len(found) == 0 {
		found = append(found, finding{"good", fmt.Sprintf("the presets of %d areas are whole", len(areas.All)), ""})
	}
	return found
}
