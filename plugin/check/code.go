package check

// A Code names a check, and so one cause. Codes are for ever.
type Code string

// The codes, by the link of the chain that they are about.
const (
	// 1xx: pod and service account
	IRSA101 Code = "IRSA101"
	IRSA102 Code = "IRSA102"
	IRSA103 Code = "IRSA103"
	IRSA104 Code = "IRSA104"
	IRSA105 Code = "IRSA105"
	IRSA106 Code = "IRSA106"
	IRSA107 Code = "IRSA107"
	IRSA108 Code = "IRSA108"
	IRSA109 Code = "IRSA109"

	// 2xx: what was injected
	IRSA201 Code = "IRSA201"
	IRSA202 Code = "IRSA202"
	IRSA203 Code = "IRSA203"
	IRSA204 Code = "IRSA204"
	IRSA205 Code = "IRSA205"
	IRSA206 Code = "IRSA206"
	IRSA207 Code = "IRSA207"
	IRSA208 Code = "IRSA208"
	IRSA209 Code = "IRSA209"
	IRSA210 Code = "IRSA210"
	IRSA211 Code = "IRSA211"
	IRSA212 Code = "IRSA212"
	IRSA213 Code = "IRSA213"
	IRSA214 Code = "IRSA214"
	IRSA215 Code = "IRSA215"
	IRSA216 Code = "IRSA216"
	IRSA217 Code = "IRSA217"
	IRSA218 Code = "IRSA218"

	// 3xx: the role
	IRSA301 Code = "IRSA301"
	IRSA302 Code = "IRSA302"
	IRSA303 Code = "IRSA303"
	IRSA304 Code = "IRSA304"
	IRSA305 Code = "IRSA305"

	// 4xx: the trust policy
	IRSA401 Code = "IRSA401"
	IRSA402 Code = "IRSA402"
	IRSA403 Code = "IRSA403"
	IRSA404 Code = "IRSA404"
	IRSA405 Code = "IRSA405"
	IRSA406 Code = "IRSA406"
	IRSA407 Code = "IRSA407"
	IRSA408 Code = "IRSA408"
	IRSA409 Code = "IRSA409"
	IRSA410 Code = "IRSA410"
	IRSA411 Code = "IRSA411"
	IRSA412 Code = "IRSA412"
	IRSA413 Code = "IRSA413"
	IRSA414 Code = "IRSA414"
	IRSA415 Code = "IRSA415"
	IRSA416 Code = "IRSA416"

	// 5xx: the OIDC provider and the issuer
	IRSA501 Code = "IRSA501"
	IRSA502 Code = "IRSA502"
	IRSA503 Code = "IRSA503"
	IRSA504 Code = "IRSA504"
	IRSA505 Code = "IRSA505"
	IRSA506 Code = "IRSA506"
	IRSA507 Code = "IRSA507"

	// 6xx: the running container and the SDK
	IRSA601 Code = "IRSA601"
	IRSA602 Code = "IRSA602"
	IRSA603 Code = "IRSA603"
	IRSA604 Code = "IRSA604"
	IRSA605 Code = "IRSA605"
	IRSA606 Code = "IRSA606"
	IRSA607 Code = "IRSA607"
	IRSA608 Code = "IRSA608"
	IRSA609 Code = "IRSA609"
	IRSA610 Code = "IRSA610"
	IRSA611 Code = "IRSA611"
	IRSA612 Code = "IRSA612"
	IRSA613 Code = "IRSA613"
	IRSA614 Code = "IRSA614"
	IRSA615 Code = "IRSA615"
	IRSA616 Code = "IRSA616"
	IRSA617 Code = "IRSA617"
	IRSA618 Code = "IRSA618"

	// 7xx: EKS Pod Identity
	IRSA701 Code = "IRSA701"
	IRSA702 Code = "IRSA702"
	IRSA703 Code = "IRSA703"
	IRSA704 Code = "IRSA704"
	IRSA705 Code = "IRSA705"
	IRSA706 Code = "IRSA706"
	IRSA707 Code = "IRSA707"
	IRSA708 Code = "IRSA708"
	IRSA709 Code = "IRSA709"
	IRSA710 Code = "IRSA710"
	IRSA711 Code = "IRSA711"
)
