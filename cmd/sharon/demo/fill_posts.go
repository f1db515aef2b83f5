package demo

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/modules/forums"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// history is how many days Fill's conversation goes back. Members join in the
// first two months before it.
const (
	history = 60 + spoken
	spoken  = 730
)

// busy is how much is written in each hour of the day: most of it at night.
var busy = [24]int{8, 8, 7, 6, 5, 4, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 4, 5, 7, 8, 9}

// hours has each hour as often as it is busy.
var hours = func() (all []int) {
	for hour, often := range busy {
		all = append(all, slices.Repeat([]int{hour}, often)...)
	}
	return all
}()

// chatter makes the posts of one service.
type chatter struct {
	filling
	s             tenants.Scope
	r             *ids
	people        []tenants.Person
	boards, walls []posts.Place
	end           time.Time // the last midnight: the same whatever the hour
	rows
}

// fill writes so many posts: a quarter threads, a quarter wall posts, and
// replies to both.
func (c *chatter) fill(ctx context.Context, many int) error {
	c.places = append(append(c.places, c.boards...), c.walls...)
	threads, walls := make([]int, (many+3)/4), make([]int, (many+2)/4)
	for range many - len(threads) - len(walls) {
		// Some threads become long, most stay short, and many have no reply at all.
		if u := c.r.Float64(); len(walls) == 0 || c.r.chance(0.7) {
			threads[int(u*u*float64(len(threads)))]++
		} else {
			walls[int(u*float64(len(walls)))]++
		}
	}
	for i := range max(len(threads), len(walls)) {
		if i < len(threads) {
			c.thread(threads[i])
		}
		if i < len(walls) {
			c.onWall(walls[i])
		}
		if len(c.posts) >= 2000 {
			if err := c.flush(ctx); err != nil {
				return err
			}
		}
	}
	return c.flush(ctx)
}

func (c *chatter) flush(ctx context.Context) error {
	many := len(c.posts)
	if err := c.write(ctx, c.s); err != nil {
		return err
	}
	c.wrote(many)
	return nil
}

func (c *chatter) thread(replies int) {
	board := pick(c.r, c.boards)
	root := pick(c.r, c.voice.roots)
	root.Kind, root.Module, root.PlaceID, root.Audience, root.Title = "thread", "forums", board.ID, board.Audience, pick(c.r, c.voice.titles)
	said := c.talk(root, c.author(), replies)
	last := said[len(said)-1]
	row := forums.Row{PostID: said[0].ID, PlaceID: board.ID, ActiveAt: last.PublishedAt, ActiveBy: last.AuthorID}
	for _, p := range said {
		row.Answered = row.Answered || p.AuthorID != said[0].AuthorID
	}
	c.threads = append(c.threads, row)
	seen := make([]uuid.UUID, 0, 16)
	for _, p := range slices.Backward(said) { // the last that each of them wrote is as far as they have read
		if !slices.Contains(seen, p.AuthorID) {
			seen = append(seen, p.AuthorID)
			c.marks = append(c.marks, readMark{MemberID: p.AuthorID, PostID: said[0].ID, ReadAt: p.PublishedAt})
		}
	}
}

func (c *chatter) onWall(comments int) {
	author := c.author()
	wall := c.walls[author]
	if c.r.chance(0.4) {
		wall = pick(c.r, c.walls)
	}
	root := pick(c.r, c.voice.roots)
	root.Kind, root.Module, root.PlaceID, root.Audience = "wall_post", "walls", wall.ID, tenants.AudienceService
	if c.r.chance(0.05) {
		root.Audience = tenants.AudiencePeers
		if c.s.Service.Area == "carers" {
			root.Audience = tenants.AudienceCarers
		}
	}
	c.talk(root, author, comments)
}

// author is somebody of the service; some write much more than others.
func (c *chatter) author() int {
	u := c.r.Float64()
	return int(u * u * float64(len(c.people)))
}

// talk adds a post with so many answers, and who reacts and follows.
func (c *chatter) talk(root posts.Post, author, answers int) []posts.Post {
	at := c.moment()
	root.ID, root.Replies = c.r.at(at), answers
	from := len(c.posts)
	c.say(root, author, at)
	for i := range answers {
		last := at
		if at = at.Add(time.Minute + time.Duration(c.r.ExpFloat64()*float64(4*time.Hour))).Truncate(time.Microsecond); !at.Before(c.end) {
			at = last.Add(c.end.Sub(last) / 2).Truncate(time.Microsecond)
		}
		reply := pick(c.r, c.voice.replies)
		reply.ID, reply.Kind, reply.Module, reply.PlaceID, reply.ParentID, reply.Audience = c.r.at(at), posts.Reply, root.Module, root.PlaceID, &root.ID, root.Audience
		if c.r.chance(0.1) {
			reply.QuotesID = &c.posts[from+c.r.IntN(i+1)].ID
		}
		c.say(reply, c.author(), at)
	}
	said := c.posts[from:]
	following := len(c.follows)
	for _, p := range said {
		if !slices.ContainsFunc(c.follows[following:], func(f posts.Follower) bool { return f.MemberID == p.AuthorID }) {
			c.follows = append(c.follows, posts.Follower{PostID: root.ID, MemberID: p.AuthorID, FollowedAt: p.PublishedAt})
		}
	}
	return said
}

// moment is any time of the last two years.
func (c *chatter) moment() time.Time {
	at := c.end.AddDate(0, 0, -1-c.r.IntN(spoken))
	return at.Add(time.Duration(pick(c.r, hours))*time.Hour + time.Duration(c.r.Int64N(int64(time.Hour)))).Truncate(time.Microsecond)
}

// say adds a post with its author, and about three reactions on average.
func (c *chatter) say(p posts.Post, author int, at time.Time) {
	p.AuthorID, p.State, p.Version, p.PublishedAt = c.people[author].ID, posts.Visible, 1, at
	many := min(int(c.r.ExpFloat64()*3.5), 15, len(c.people)-1)
	for from := len(c.reactions); len(c.reactions)-from < many; {
		who := c.r.IntN(len(c.people))
		if who == author || slices.ContainsFunc(c.reactions[from:], func(r posts.Reaction) bool { return r.MemberID == c.people[who].ID }) {
			continue
		}
		kind := pick(c.r, posts.ReactionKinds).Key
		switch kind {
		case "with_you":
			p.WithYou++
		case "hug":
			p.Hug++
		case "thank_you":
			p.ThankYou++
		case "hope":
			p.Hope++
		}
		c.reactions = append(c.reactions, posts.Reaction{PostID: p.ID, MemberID: c.people[who].ID, Kind: kind})
	}
	c.posts = append(c.posts, p)
}
