package programmes

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed template.yaml
var templateFile []byte

//go:embed calendar.yaml
var calendarFile []byte

// live is the key of the task on whose first day a service opens.
const live = "live"

// Template is what a programme starts from: a phase a month, in order.
type Template []PhaseTemplate

// PhaseTemplate is a phase with its tasks and the gate at its end.
type PhaseTemplate struct {
	Name string `yaml:"name"`
	Gate struct {
		Name     string   `yaml:"name"`
		Approver Role     `yaml:"approver"`
		Evidence []string `yaml:"evidence"`
		Money    bool     `yaml:"money"`  // the finance stage must have come to an order
		Quorum   bool     `yaml:"quorum"` // a meeting with its quorum must have been held
	} `yaml:"gate"`
	Tasks []TaskTemplate `yaml:"tasks"`
}

// TaskTemplate is a task: Days are working days.
type TaskTemplate struct {
	Key   string   `yaml:"key"`
	Name  string   `yaml:"name"`
	Side  Side     `yaml:"side"`
	Days  int      `yaml:"days"`
	After []string `yaml:"after"`
}

// Usual is the template that comes with SHaRON.
var Usual = func() Template {
	template, err := ReadTemplate(templateFile)
	if err != nil {
		panic("programmes: template.yaml: " + err.Error())
	}
	return template
}()

// ReadTemplate reads a template and checks that a programme can be made of it.
func ReadTemplate(text []byte) (Template, error) {
	var t Template
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&t); err != nil {
		return nil, err
	}
	opens := false
	for i, phase := range t {
		if phase.Name == "" || phase.Gate.Name == "" || phase.Gate.Approver.Name() == "" || len(phase.Gate.Evidence) == 0 || len(phase.Tasks) == 0 {
			return nil, fmt.Errorf("phase %d needs a name, tasks, and a gate with a name, evidence and an approver", i+1)
		}
		for _, task := range phase.Tasks {
			if task.Key == "" || task.Name == "" || task.Days < 1 || !slices.Contains(Sides, task.Side) || strings.ContainsAny(task.Key, ", ") {
				return nil, fmt.Errorf("phase %d: task %q needs a key, a name, a side and at least one day", i+1, task.Key)
			}
			opens = opens || task.Key == live
		}
	}
	if !opens {
		return nil, fmt.Errorf("no task has the key %q, on whose first day the service opens", live)
	}
	_, err := lay(itemsOf(t.rows("2026-01-05")), England)
	return t, err
}

// rows are a programme that starts on a day, without its dates.
func (t Template) rows(starts Day) (phases []Phase, tasks []Task) {
	for i, p := range t {
		phases = append(phases, Phase{Number: i + 1, Name: p.Name, Gate: p.Gate.Name, Approver: p.Gate.Approver, Money: p.Gate.Money, Quorum: p.Gate.Quorum, Starts: starts.Months(i), Version: 1})
		for _, task := range p.Tasks {
			tasks = append(tasks, Task{Phase: i + 1, Position: len(tasks) + 1, Key: task.Key, Name: task.Name, Side: task.Side, Days: task.Days, After: task.After, Version: 1})
		}
	}
	return phases, tasks
}

// gateKey is how the schedule knows the gate of a phase.
func gateKey(phase int) string { return "gate-" + strconv.Itoa(phase) }

// itemsOf are phases and tasks as the schedule sees them. A task that waits for
// none of its own phase waits for the gate before it; a gate for all its tasks.
func itemsOf(phases []Phase, tasks []Task) (items []Item) {
	for _, phase := range phases {
		gate := Item{Key: gateKey(phase.Number), Name: phase.Gate, NotBefore: phase.Starts, Days: 1, Due: phase.GateOn, Done: phase.signedOn(), Gate: true}
		for _, task := range tasks {
			if task.Phase != phase.Number {
				continue
			}
			item := Item{Key: task.Key, Name: task.Name, NotBefore: phase.Starts, Moved: task.MovedTo, Days: task.Days, After: slices.Clone(task.After), Due: task.PlannedTo, Done: task.DoneOn}
			own := func(key string) bool {
				return slices.ContainsFunc(tasks, func(t Task) bool { return t.Key == key && t.Phase == phase.Number })
			}
			if phase.Number > 1 && !slices.ContainsFunc(task.After, own) {
				item.After = append(item.After, gateKey(phase.Number-1))
			}
			gate.After = append(gate.After, task.Key)
			items = append(items, item)
		}
		items = append(items, gate)
	}
	return items
}

// usualDays are what a new programme's calendar has between two days.
func usualDays(from, to Day) (all []Holiday) {
	var file struct {
		YearEnd Holiday   `yaml:"year_end"`
		School  []Holiday `yaml:"school"`
	}
	if err := yaml.Unmarshal(calendarFile, &file); err != nil {
		panic("programmes: calendar.yaml: " + err.Error())
	}
	add := func(h Holiday, kind string) {
		if _, _, within := meets(from, to, h.From, h.To); within {
			h.Kind = kind
			all = append(all, h)
		}
	}
	for _, school := range file.School {
		add(school, "school")
	}
	for year := from.Time().Year(); year <= to.Time().Year(); year++ {
		end := file.YearEnd
		end.From, end.To = Day(fmt.Sprintf("%d-%s", year, end.From)), Day(fmt.Sprintf("%d-%s", year, end.To))
		add(end, "year_end")
	}
	return all
}
