// The relay as a Go developer writes it: the Centrifuge library, its Redis broker, and its own history of a channel in
// a stream. `centrifuge HOST PORT unix://SOCKET` serves until SIGTERM.
//
// It checks a message, has the broker number it, keep it in its channel's stream and tell every node of a cluster, in
// one script; both ends of the conversation get it, its author too. It does not deduplicate, limit rates, tell who is
// present or ask who is speaking. The library's JSON over WebSocket, uncompressed.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/centrifugal/centrifuge"
)

const longest = 8000

type message struct {
	ID      string `json:"id"`
	Content string `json:"content"`
}

// Whoever connects is in the channel of their conversation.
func connecting(request context.Context, _ centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
	who, _ := centrifuge.GetCredentials(request)
	channels := map[string]centrifuge.SubscribeOptions{who.UserID: {}}
	return centrifuge.ConnectReply{Subscriptions: channels}, nil
}

// What they send is published there.
func connected(node *centrifuge.Node, client *centrifuge.Client) {
	client.OnMessage(func(event centrifuge.MessageEvent) {
		var said message
		err := json.Unmarshal(event.Data, &said)
		if err != nil || said.ID == "" || said.Content == "" || len(said.Content) > longest {
			log.Printf("refused: %s", event.Data)
			return
		}
		history := centrifuge.WithHistory(1000000, 24*time.Hour)
		if _, err := node.Publish(client.UserID(), event.Data, history); err != nil {
			log.Print(err)
		}
	})
}

func known(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := &centrifuge.Credentials{UserID: r.URL.Query().Get("pair")}
		next.ServeHTTP(w, r.WithContext(centrifuge.SetCredentials(r.Context(), who)))
	})
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	node, err := centrifuge.New(centrifuge.DefaultConfig)
	must(err)
	// A benchmark stops it for seconds; what it is told of then would be lost with the connection.
	redis := centrifuge.RedisShardConfig{Address: os.Args[3], ReadTimeout: time.Minute, WriteTimeout: time.Minute}
	shard, err := centrifuge.NewRedisShard(node, redis)
	must(err)
	shards := []*centrifuge.RedisShard{shard}
	broker, err := centrifuge.NewRedisBroker(node, centrifuge.RedisBrokerConfig{UseStreams: true, Shards: shards})
	must(err)
	node.SetBroker(broker)
	node.OnConnecting(connecting)
	node.OnConnect(func(client *centrifuge.Client) { connected(node, client) })
	must(node.Run())
	http.Handle("/", known(centrifuge.NewWebsocketHandler(node, centrifuge.WebsocketConfig{})))
	must(http.ListenAndServe(os.Args[1]+":"+os.Args[2], nil))
}
