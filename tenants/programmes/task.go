package programmes

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// ByID names something of a programme.
type ByID struct {
	Place
	ID uuid.UUID `path:"id"`
}

// TaskPage is a task with what was said about it.
type TaskPage struct {
	Seen     `json:"-"`
	Task     TaskSeen   `json:"task"`
	Evidence []Evidence `json:"evidence"`
	Comments []Comment  `json:"comments"`
	May      bool       `json:"may"`    // say that it is done
	Signed   bool       `json:"signed"` // its gate is open
}

// waits tells whether a task comes after another.
func (t Task) waits(key string) bool { return slices.Contains(t.After, key) }

// Task reads a task.
func (p Programmes) Task(ctx context.Context, s tenants.Scope, by By, in ByID) (TaskPage, error) {
	w, err := load(ctx, s)
	if err != nil {
		return TaskPage{}, err
	}
	seen, err := w.seen(s, by)
	if err != nil {
		return TaskPage{}, err
	}
	task, err := seen.task(in.ID)
	if err != nil {
		return TaskPage{}, err
	}
	out := TaskPage{Seen: seen, Task: task, Evidence: []Evidence{}, May: w.EndedAt == nil && (by.Side == Platform || task.Side == Trust), Signed: w.signed(task.Phase)}
	for _, e := range w.Evidence {
		if e.TaskID != nil && *e.TaskID == task.ID {
			out.Evidence = append(out.Evidence, e)
		}
	}
	out.Comments, err = commentsOn(ctx, s, in.ID)
	return out, err
}

// task finds one of the programme's. NotFound if it is not among them.
func (w Whole) task(id uuid.UUID) (Task, error) {
	return find(w.Tasks, func(t Task) bool { return t.ID == id })
}

// signed tells whether the gate of a phase is open.
func (w Whole) signed(number int) bool {
	return slices.ContainsFunc(w.Phases, func(p Phase) bool { return p.Number == number && p.SignedAt != nil })
}

// Finish says that a task is done, or that it is not.
type Finish struct {
	Place
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version" validate:"gte=1" label:"the version"`
	Done    bool      `json:"done"`
}

// Finish notes it. The trust's people speak for the trust's tasks. Conflict if the
// task changed since Version, or the gate behind it is open.
func (p Programmes) Finish(ctx context.Context, s tenants.Scope, by By, in Finish) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	task, err := w.task(in.ID)
	if err != nil {
		return "", err
	}
	return "/tasks/" + in.ID.String(), w.finish(ctx, s, by, task, in)
}

// finish is Finish of a task that was found.
func (w Whole) finish(ctx context.Context, s tenants.Scope, by By, task Task, in Finish) error {
	switch {
	case by.Side == Trust && task.Side == Platform:
		return fault.New(fault.Forbidden, "This is a task of the people who run SHaRON. They say when it is done.")
	case w.signed(task.Phase):
		return fault.New(fault.Conflict, "The gate of this phase is open, so its tasks stay as they are.")
	case task.Phase > 1 && in.Done && !w.signed(task.Phase-1):
		return fault.New(fault.Conflict, "The gate before this phase is not open yet, so nothing in it can be done.")
	case in.Done:
		for _, before := range w.Tasks {
			if task.waits(before.Key) && before.DoneOn == "" {
				return fault.New(fault.Conflict, "This task waits for “"+before.Name+"”, which is not done.")
			}
		}
	default:
		for _, behind := range w.Tasks {
			if behind.waits(task.Key) && behind.DoneOn != "" {
				return fault.New(fault.Conflict, "“"+behind.Name+"” waited for this task and is done.")
			}
		}
	}
	was := task.DoneOn
	if task.DoneOn, task.DoneBy = "", ""; in.Done {
		task.DoneOn, task.DoneBy = DayOf(s.Now), w.by(by).Name
	}
	task.Version = in.Version + 1
	if err := put(ctx, s, &task, task.ID, in.Version, "done_on", "done_by"); err != nil {
		return err
	}
	if in.Done {
		if err := endLinks(ctx, s, task.ID, toFinish); err != nil {
			return err
		}
	}
	return note(ctx, s, by, "programme.done", task.ID, was, task.DoneOn)
}

// by is who acts, with the name that the programme knows them by.
func (w Whole) by(by By) By {
	for _, person := range w.People {
		if by.lookup != "" && person.EmailLookup == by.lookup {
			by.Name = person.Name
		}
	}
	return by
}

// Plan is a task as a manager wants it. Version is the one that was read.
type Plan struct {
	Place
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version" validate:"gte=1" label:"the version"`
	Owner   string    `json:"owner" validate:"max=36"`
	Days    int       `json:"days" validate:"gte=1,lte=120" label:"how many working days it takes"`
	MovedTo string    `json:"moved_to" validate:"max=10"`
	After   []string  `json:"after" validate:"max=20,dive,max=60"`
}

// readMove reads the day that a task is moved to; empty for none. Invalid before
// the programme's start, and when it is further off than anybody can mean.
func (w Whole) readMove(field, text string) (Day, error) {
	if text == "" {
		return "", nil
	}
	day, ok := clock.ReadDate(text)
	switch {
	case !ok:
		return "", fault.Bad(field, "Write a day, such as 2027-05-12.")
	case day < w.StartsOn:
		return "", fault.Bad(field, "The programme starts on "+w.StartsOn.Words()+". Choose that day or a later one.")
	case day > w.EndsOn.Months(24):
		return "", fault.Bad(field, "Choose a day within two years of the programme’s end.")
	}
	return day, nil
}

// Plan changes who does a task, when, how long and after what. Invalid names the
// way round where tasks would wait for each other.
func (p Programmes) Plan(ctx context.Context, s tenants.Scope, by By, in Plan) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	task, err := w.task(in.ID)
	if err != nil {
		return "", err
	}
	if task.DoneOn != "" {
		return "", fault.New(fault.Conflict, "This task is done, so its plan stays as it is.")
	}
	was := task
	if task.MovedTo, err = w.readMove("moved_to", in.MovedTo); err != nil {
		return "", err
	}
	if task.OwnerID, err = w.choose("owner", in.Owner, ""); err != nil {
		return "", err
	}
	task.Days, task.After, task.Version = in.Days, slices.DeleteFunc(in.After, func(key string) bool { return key == "" }), in.Version+1
	tasks := slices.Clone(w.Tasks)
	tasks[slices.IndexFunc(tasks, func(t Task) bool { return t.ID == in.ID })] = task
	for _, key := range task.After {
		if !slices.ContainsFunc(tasks, func(t Task) bool { return t.Key == key }) {
			return "", fault.Bad("after", "Choose tasks of this programme.")
		}
	}
	if _, err := lay(itemsOf(w.Phases, tasks), England); err != nil {
		return "", err
	}
	if err := put(ctx, s, &task, task.ID, in.Version, "owner_id", "days", "moved_to", "after_keys"); err != nil {
		return "", err
	}
	return "/tasks/" + in.ID.String(), note(ctx, s, by, "programme.task", in.ID, planned(was), planned(task))
}

// planned is a task's plan, for the audit log.
func planned(t Task) map[string]any {
	return map[string]any{"owner": t.OwnerID, "days": t.Days, "moved_to": t.MovedTo, "after": t.After}
}

// choose reads somebody of the programme who has not left, of a role if one is
// given; nil for nobody. Invalid about the field.
func (w Whole) choose(field, text string, role Role) (*uuid.UUID, error) {
	if text == "" {
		return nil, nil
	}
	id, err := uuid.Parse(text)
	person, known := w.person(&id)
	if err != nil || !known || person.LeftAt != nil || role != "" && person.Role != role {
		return nil, fault.Bad(field, "Choose somebody from the list.")
	}
	return &id, nil
}

// Say is something to say.
type Say struct {
	Place
	ID    uuid.UUID `path:"id"`
	Words string    `json:"words" validate:"required,max=4000" label:"a few words"`
}

// CommentTask adds a comment to a task.
func (p Programmes) CommentTask(ctx context.Context, s tenants.Scope, by By, in Say) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	if _, err := w.task(in.ID); err != nil {
		return "", err
	}
	return "/tasks/" + in.ID.String() + "#said", w.comment(ctx, s, by, in.ID, in.Words)
}

// comment adds what somebody says about a task or a gate.
func (w Whole) comment(ctx context.Context, s tenants.Scope, by By, about uuid.UUID, words string) error {
	row := Comment{ID: newID(), SubjectID: about, Words: words, ByName: w.by(by).Name, Side: by.Side, At: s.Now}
	if err := add(ctx, s, &row); err != nil {
		return err
	}
	return note(ctx, s, by, "programme.comment", about, nil, nil)
}

// NudgeTask writes to the owner of a task.
func (p Programmes) NudgeTask(ctx context.Context, s tenants.Scope, by By, in ByID) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	row, err := w.task(in.ID)
	switch {
	case err != nil:
		return "", err
	case row.DoneOn != "":
		return "", fault.New(fault.Conflict, "This task is done.")
	case row.OwnerID == nil:
		return "", fault.New(fault.Conflict, "Say whose task this is first.")
	}
	return "/tasks/" + in.ID.String(), p.send(ctx, s, by, w, *row.OwnerID, toFinish, row.ID)
}
