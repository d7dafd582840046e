// Merging rows of a front: the leaves of two trees that exclude each other never come together.
//
// The sum of the trees' best leaves is a weak bound where these are in different places. A merged row has the pairs of
// leaves that can be reached at once (in a product of intervals three ranges meet if each two of them do, so nothing is
// lost), so its best is lower. Pairs whose bound falls most are merged, as long as 64 leaves are enough.
#pragma once

#include "front.hpp"

namespace suffice {

// Merge rows of the first level, at the root of a search. `kinds`: whether leaves of equal worth may differ.
void merge_rows(const Layout& layout, bool kinds, Workspace& work);

} // namespace suffice
