package videos

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// State is how far a video is.
type State string

// The states, in the order in which a video goes through them.
const (
	Empty     State = "empty"     // has words and no file yet
	Sending   State = "sending"   // some of its file has arrived
	Waiting   State = "waiting"   // all has, and a worker will see to it
	Working   State = "working"   // a worker does
	Ready     State = "ready"     // can be shown
	Failed    State = "failed"    // cannot be; Problem says why
	Withdrawn State = "withdrawn" // its sender does not want it shown any more; the files are gone
)

// Video is a film and what its sender says of it. Until it is published nobody
// but they see it.
type Video struct {
	bun.BaseModel `bun:"table:videos,alias:video"`
	tenants.InService

	ID          uuid.UUID        `bun:"id,pk,type:uuid" json:"id"`
	OwnerID     uuid.UUID        `bun:"owner_id,type:uuid" json:"-"`
	PostID      *uuid.UUID       `bun:"post_id,type:uuid" json:"post_id,omitempty"`
	Title       string           `bun:"title" json:"title"`
	About       string           `bun:"about" json:"about"`
	Audience    tenants.Audience `bun:"audience" json:"audience"`
	State       State            `bun:"state" json:"state"`
	Problem     string           `bun:"problem" json:"problem,omitempty"`
	Percent     int              `bun:"percent" json:"percent"` // of the work
	Length      int64            `bun:"length" json:"length"`   // of the file, in bytes
	Arrived     int64            `bun:"arrived" json:"arrived"` // of it, in bytes
	Mark        string           `bun:"mark" json:"mark,omitempty"`
	Claim       uuid.UUID        `bun:"claim,type:uuid" json:"-"` // the request that may add to the file
	Seconds     int              `bun:"seconds" json:"seconds"`
	Captions    string           `bun:"captions" json:"captions,omitempty"` // WebVTT, as we write it
	Transcript  string           `bun:"transcript" json:"transcript,omitempty"`
	ConsentedAt time.Time        `bun:"consented_at" json:"consented_at"`
	WithdrawAt  *time.Time       `bun:"withdraw_at" json:"withdraw_at,omitempty"` // it comes down by itself
	ChangedAt   time.Time        `bun:"changed_at" json:"changed_at"`
	Version     int              `bun:"version" json:"version"`

	Post  *posts.Post `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:post_id=id" json:"-"`
	Files []File      `bun:"-" json:"files"`
}

// Piece is some of what arrived.
type Piece struct {
	bun.BaseModel `bun:"table:video_pieces,alias:piece"`
	tenants.InService

	VideoID uuid.UUID `bun:"video_id,pk,type:uuid"`
	Start   int64     `bun:"start,pk"` // in bytes
	Bytes   int64     `bun:"bytes"`
	File    string    `bun:"file"` // its key in storage
}

// File is a film or a picture that was made of it.
type File struct {
	bun.BaseModel `bun:"table:video_files,alias:file"`
	tenants.InService

	VideoID uuid.UUID `bun:"video_id,pk,type:uuid" json:"-"`
	Name    string    `bun:"name,pk" json:"name"`
	File    string    `bun:"file" json:"-"` // its key in storage
	Type    string    `bun:"type" json:"type"`
	Bytes   int64     `bun:"bytes" json:"bytes"`
	Width   int       `bun:"width" json:"width"`   // in pixels
	Height  int       `bun:"height" json:"height"` // in pixels
}

// The names of files; captions are in the video's row.
const (
	poster   = "poster"
	captions = "captions"
)

// Has tells whether there is a file of this name.
func (v Video) Has(name string) bool {
	for _, f := range v.Files {
		if f.Name == name {
			return true
		}
	}
	return false
}

// Published tells whether others can see it.
func (v Video) Published() bool { return v.PostID != nil && v.State == Ready }

// Replaceable tells whether a file may be sent for it.
func (v Video) Replaceable() bool { return v.State == Empty || v.State == Sending || v.State == Failed }

// Kept tells whether the file that was sent is still here.
func (v Video) Kept() bool { return v.Length > 0 && v.Arrived == v.Length }

// lacks says what a video still needs before others can see it; nil for nothing.
func (v Video) lacks() error {
	switch {
	case v.State != Ready:
		return fault.New(fault.Conflict, "This video is not ready yet.")
	case v.Captions == "" && v.Transcript == "":
		return fault.New(fault.Conflict, "Write captions or a transcript first, so that people who cannot hear it can follow.")
	}
	return nil
}

// prefix begins the keys of all its files.
func (v Video) prefix() string { return fmt.Sprintf("videos/%s/%s", v.TenantID, v.ID) }

func (v Video) original() string { return v.prefix() + "/original" }

func (v Video) newKey(folder string) string {
	return v.prefix() + "/" + folder + "/" + uuid.NewString()
}

// length is a time in minutes and seconds, such as 3:07.
func length(seconds int) string { return fmt.Sprintf("%d:%02d", seconds/60, seconds%60) }

// until reads the day on which a video is to come down; nil for none.
func until(s tenants.Scope, text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, clock.London)
	if err != nil {
		return nil, fault.Bad("withdraw_on", "Enter a day, such as 2027-03-31.")
	}
	if !day.After(s.Now) {
		return nil, fault.Bad("withdraw_on", "Choose a day that is still to come. To take the video down now, choose “Take it down for good”.")
	}
	day = day.UTC()
	return &day, nil
}

func withdrawOn(v Video) string {
	if v.WithdrawAt == nil {
		return ""
	}
	return clock.Day(*v.WithdrawAt)
}
