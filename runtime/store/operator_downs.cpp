#include "runtime/store/operator_downs.hpp"

#include <array>

#include "runtime/store/text.hpp"

namespace mlp {

Status OperatorDowns::Prepare() {
  return PrepareAll({
      {set_,
       "INSERT INTO operator_downs(name, until_s, why, who, at_s)"
       " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(name) DO UPDATE SET"
       " until_s = ?2, why = ?3, who = ?4, at_s = ?5"},
      {forget_, "DELETE FROM operator_downs WHERE until_s <= ?1"},
      {clear_, "DELETE FROM operator_downs WHERE name = ?1"},
      {list_, "SELECT name, until_s, why, who, at_s FROM operator_downs ORDER BY name"},
  });
}

Status OperatorDowns::Set(const OperatorDown& down) {
  if (const int code = forget_.Start().Int(down.at_s).Step(); code != SQLITE_DONE) {
    return Failure(code);
  }
  std::array<std::string, 3> buffers;
  set_.Start().Text(StorableText(down.name, buffers[0])).Int(down.until_s);
  set_.Text(StorableText(down.why, buffers[1])).Text(StorableText(down.who, buffers[2]));
  const int code = set_.Int(down.at_s).Step();
  return code == SQLITE_DONE ? Status(Done{}) : Status(Failure(code));
}

Result<bool> OperatorDowns::Clear(std::string_view name) {
  std::string buffer;
  const int code = clear_.Start().Text(StorableText(name, buffer)).Step();
  if (code != SQLITE_DONE) return Failure(code);
  return sqlite3_changes(database().get()) > 0;
}

Result<std::vector<OperatorDown>> OperatorDowns::List() {
  std::vector<OperatorDown> downs;
  list_.Start();
  int code = SQLITE_DONE;
  while ((code = list_.Step()) == SQLITE_ROW) {
    downs.push_back({.name = std::string(list_.Characters(0)),
                     .until_s = list_.Integer(1),
                     .why = std::string(list_.Characters(2)),
                     .who = std::string(list_.Characters(3)),
                     .at_s = list_.Integer(4)});
  }
  if (code != SQLITE_DONE) return Failure(code);
  return downs;
}

}  // namespace mlp
