# A searchset of Observations as a table: patient, test, value, unit, timing, sample type, flag.
def tag($name): [.meta.tag[]? | select(.system | endswith("/" + $name)) | .code];
def quantity: "\(.comparator // "")\(.value)";
def value:
  if .valueQuantity then (.valueQuantity | quantity)
  elif .valueRatio then "\(.valueRatio.numerator.value):\(.valueRatio.denominator.value)"
  elif .valueCodeableConcept then (.valueCodeableConcept | .text // .coding[0].code)
  elif .valueString then (.valueString | gsub("\\s+"; " ") | .[0:32])
  elif .component then ([.component[] | (.valueQuantity // empty) | quantity] | join("/"))
  else "(\(.dataAbsentReason.coding[0].code // "none"))" end;
def unit:
  if .valueQuantity then (.valueQuantity.unit // .valueQuantity.code // "-")
  elif .component then ([.component[] | .valueQuantity.unit // empty][0] // "-")
  else "-" end;
def timing:
  (tag("cycle-day")[0] // "-") as $day
  | if $day | startswith("cd-") then "day " + $day[3:]
    elif (tag("gestation") | length) > 0 then tag("gestation")[0]
    elif (tag("cycle-anchor") | length) > 0 then tag("cycle-anchor")[0]
    else $day end;
([$patients[0].entry[]?.resource | {key: "Patient/\(.id)", value: (.identifier[0].value // "-")}]
 | from_entries) as $names |
["PATIENT", "TEST", "VALUE", "UNIT", "TIMING", "SAMPLE", "FLAG"],
(.entry[]?.resource | select(.resourceType == "Observation")
 | [ ($names[.subject.reference // "-"] // "-"),
     (.code.text // .code.coding[0].code | .[0:44]),
     value, unit, timing, (tag("sample-type")[0] // "-"),
     ([.interpretation[]?.coding[]?.code] | join(",") | if . == "" then "-" else . end) ])
| @tsv
