// Package videos is the room of films that members make for each other. A film
// is sent in pieces, made safe to show by a worker, given captions by its
// sender, and then it is a post of the kernel. It may touch the rows of the
// films, their files in storage, and posts through the kernel.
package videos

import (
	"fmt"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
	"github.com/sharon-nhs/sharon/tenants/uploads"
)

const (
	key  = "videos"
	kind = "video"
)

// Settings is what a service lead tunes.
type Settings struct {
	MembersMaySend bool `json:"members_may_send" label:"Members may send videos" hint:"If not, the team does, and members watch and reply."`
	MaxMegabytes   int  `json:"max_megabytes" label:"Largest file, in MB" hint:"Between 10 and 2048. A phone makes about 100 MB a minute." validate:"gte=10,lte=2048"`
	MaxMinutes     int  `json:"max_minutes" label:"Longest video, in minutes" hint:"Between 1 and 60. Short ones are watched to the end." validate:"gte=1,lte=60"`
}

var defaults = Settings{MembersMaySend: true, MaxMegabytes: 2048, MaxMinutes: 15}

func settings(s tenants.Scope) Settings { return modules.Tune(s, key, defaults) }

func (t Settings) most() int64 { return int64(t.MaxMegabytes) << 20 }

// largest is the largest file, in words.
func (t Settings) largest() string {
	if t.MaxMegabytes%1024 == 0 {
		return fmt.Sprintf("%d GB", t.MaxMegabytes/1024)
	}
	return fmt.Sprintf("%d MB", t.MaxMegabytes)
}

// What happens to a video, which is both the subject and what it is about.
// Changed is only shown live, to its sender.
var (
	Arrived = tenants.Kind{Key: "videos.arrived", Queue: jobs.Bulk}    // whole, to be made ready
	Settled = tenants.Kind{Key: "videos.settled", Queue: jobs.Default} // ready, or it cannot be
	Dropped = tenants.Kind{Key: "videos.dropped", Queue: jobs.Default} // its files are to go
	Changed = tenants.Kind{Key: "videos.changed"}
)

// Videos is the room.
type Videos struct {
	posts *posts.Kernel
	files *storage.Files
	made  uploads.Uploads
	// slot lets one film at a time be converted in a process: ffmpeg takes all
	// that it can get.
	slot *semaphore.Weighted
}

// New makes the room; files keep what is sent and what is made of it.
func New(kernel *posts.Kernel, files *storage.Files) modules.Module {
	v := Videos{kernel, files, uploads.Uploads{Files: files, Table: "video_files", Columns: []string{"file"}}, semaphore.NewWeighted(1)}
	kernel.Register(posts.Kind{
		Key: kind, Module: key, Name: "video",
		Path:  func(p posts.Post) string { return "/videos/" + p.ID.String() },
		Where: func(posts.Post) string { return "Videos" },
	})
	return modules.Module{
		Key: key, Name: "Videos", Searched: true, Icon: "video", Settings: defaults,
		About:  "Short videos that members make for each other, with captions, for as long as their maker wishes.",
		Grants: policy.Grants{"videos.read": {"member"}, "videos.send": {"member"}},
		Routes: v.routes,
		Rights: rights, Data: v.data(),
		On: []tenants.Handler{
			{Kind: Arrived, OwnUnits: true, Takes: longestWork, Do: v.prepare},
			{Kind: Dropped, OwnUnits: true, Do: v.forget},
		},
		Rounds: []tenants.Round{{Key: "videos.tidy", Queue: jobs.Bulk, Every: 5 * time.Minute, Do: v.tidy}, v.made.Round()},
		Tells:  []modules.Tell{{Kind: Settled, Notices: tellOwner}},
		Mine: func(s tenants.Scope) []tenants.MeLink {
			if maySend(s) != nil {
				return nil
			}
			return []tenants.MeLink{{Name: "My videos", About: "What you sent, what it still needs, and until when it is shown.", Path: "/" + s.Service.Slug + "/videos/mine"}}
		},
		Nav: func(s tenants.Scope) []ui.Room {
			if !s.May("videos.read") {
				return nil
			}
			entry := ui.Room{Key: key, Name: "Videos", Icon: "video", Path: "/" + s.Service.Slug + "/videos"}
			if maySend(s) == nil {
				entry.Compose = entry.Path + "/new"
			}
			return []ui.Room{entry}
		},
	}
}

func (v Videos) routes(r *modules.Router) {
	const one = "/videos/mine/{id}"
	web.Get(r, "/videos", "videos.read", "The videos of this service", v.List, listPage)
	web.Get(r, "/videos/new", "videos.send", "What a new video needs", v.Beginning, newPage)
	web.Post(r, "/videos", "videos.send", "Begin a video of mine", v.Begin, web.SeeOther("/videos/mine/{id}"), web.FormAt("/videos/new"))
	web.Get(r, "/videos/mine", "videos.read", "My videos", v.Mine, minePage)
	web.Get(r, one, "videos.read", "A video of mine and what it still needs", v.Bench, benchPage)
	web.Post(r, one, "videos.send", "Change the words of a video of mine", v.Change, web.SeeOther("/videos/mine/{id}"), web.FormAt(one))
	web.Post(r, one+"/file", "videos.send", "Send the file of a video of mine at once", v.SendFile, web.SeeOther("/videos/mine/{id}"), web.FormAt(one), web.OwnUnits, web.Limit(plainBytes))
	web.Resumable(r, one+"/upload", "videos.send", "Send the file of a video of mine in pieces", v.uploads())
	web.Post(r, one+"/retry", "videos.send", "Try again to make a video of mine ready", v.Retry, web.SeeOther("/videos/mine/{id}"))
	web.Get(r, one+"/captions", "videos.send", "The captions and transcript of a video of mine", v.Captions, captionsPage)
	web.Post(r, one+"/captions", "videos.send", "Write the captions and transcript of a video of mine", v.Caption, web.SeeOther("/videos/mine/{id}"), web.FormAt(one+"/captions"))
	web.Post(r, one+"/captions-file", "videos.send", "Send a file of captions", v.CaptionFile, web.SeeOther("/videos/mine/{id}/captions"), web.FormAt(one+"/captions"))
	web.Post(r, one+"/publish", "videos.send", "Publish a video of mine", v.Publish, web.SeeOther("{path}"), web.FormAt(one))
	web.Post(r, one+"/consent", "videos.read", "Say until when a video of mine may be shown", v.Consent, web.SeeOther("/videos/mine/{id}"), web.FormAt(one))
	web.Get(r, one+"/withdraw", "videos.read", "A video of mine to take down for good", v.Withdrawing, withdrawPage)
	web.Post(r, one+"/withdraw", "videos.read", "Take a video of mine down for good", v.Withdraw, web.SeeOther("/videos/mine"))
	web.Download(r, "/videos/files/{id}/{file}", "videos.read", "A video, its picture or its captions", v.File)
	web.Get(r, "/videos/{id}", "videos.read", "A video with its replies", v.Watch, watchPage)
	web.Post(r, "/videos/{id}/replies", "posts.reply", "Reply to a video", v.posts.Reply, web.SeeOther("{path}"), web.FormAt("/videos/{id}?quote={quotes}"))
}

// maySend tells why the actor may not send videos; nil if they may.
func maySend(s tenants.Scope) error {
	switch {
	case s.Actor.Member == nil:
		return fault.New(fault.Forbidden, "You are not a member of this service, so you cannot send videos in it.")
	case !s.May("videos.send"), !settings(s).MembersMaySend && !s.Actor.Roles.Staff():
		return fault.New(fault.Forbidden, "In this service the team sends the videos. You can watch them and reply.")
	}
	return nil
}
