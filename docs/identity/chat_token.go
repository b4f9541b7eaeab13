// Tells the chat who a customer is: a token signed by your shop. Go 1.13 or newer, with its own library alone.
//
//	CHATADMIN_KEY=... go run chat_token.go
//
// prints one for the customer below. In your shop, call chatToken on the server for whoever is logged in, and hand the
// token to their page. The key stays on the server.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"
)

const keyID = "your-key-id" // which of the shop's keys CHATADMIN_KEY is

// customer: what your shop knows them by, as text: one that never changes, and is never another's.
func chatToken(customer, name, email string, attributes map[string]interface{}) (string, error) {
	key := os.Getenv("CHATADMIN_KEY")
	if key == "" {
		return "", errors.New("CHATADMIN_KEY is not set")
	}
	header, err := json.Marshal(map[string]string{"alg": "HS256", "typ": "JWT", "kid": keyID})
	if err != nil {
		return "", err
	}
	claims, err := json.Marshal(map[string]interface{}{
		"sub":        customer,
		"exp":        time.Now().Add(5 * time.Minute).Unix(),
		"name":       name,
		"email":      email,      // one that your shop has confirmed
		"attributes": attributes, // at most 20 texts, numbers, or yes and no: what whoever answers should know
	})
	if err != nil {
		return "", err
	}
	encoded := base64.RawURLEncoding.EncodeToString
	signed := encoded(header) + "." + encoded(claims)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(signed))
	return signed + "." + encoded(mac.Sum(nil)), nil
}

func main() {
	attributes := map[string]interface{}{"plan": "gold", "orders": 12, "cart": 129.9}
	token, err := chatToken("1024", "Zoë Müller", "zoe@example.com", attributes)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(token)
}
